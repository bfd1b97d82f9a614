"""How far a run has come, how long it takes yet, and how the run tells it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from gevinst.app.progress import RunningRun
from gevinst.cli.progress_words import running_words
from gevinst.domain.progress import Progress, seconds_left
from gevinst.runner.progress_file import ProgressFile, read_progress
from gevinst.texts import Texts
from runs import a_run

STARTED = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def left(done: int, total: int | None, *, after: int, earlier: tuple[int, ...] = ()) -> int | None:
    now = STARTED + timedelta(seconds=after)
    progress = Progress(run_id="run-1", done=done, total=total, at=now)
    took = [timedelta(seconds=one) for one in earlier]
    return seconds_left(progress, started=STARTED, now=now, earlier=took)


def test_the_pace_of_the_items_tells_how_long_it_takes() -> None:
    assert left(10, 40, after=60, earlier=(5,)) == 180
    assert left(40, 40, after=60) == 0


def test_before_a_few_items_the_median_of_earlier_runs_tells() -> None:
    assert left(1, 40, after=60, earlier=(100, 110, 900)) == 50
    assert left(0, None, after=500, earlier=(100,)) == 0


def test_nothing_is_guessed_for_the_first_run() -> None:
    assert left(0, None, after=60) is None


def test_words_have_phase_items_and_estimate() -> None:
    progress = Progress(run_id="run-1", phase="Afstem", done=12, total=40, at=STARTED)

    words = running_words(RunningRun(run=a_run(), progress=progress, seconds_left=130), Texts("da"))

    assert words == "Afstem, 12 af 40 opgaver, ca. 2 minutter tilbage"


def test_a_run_writes_now_and_then_and_a_phase_at_once(tmp_path: Path) -> None:
    file = ProgressFile(path=tmp_path / "fremdrift.json")
    for done in range(500):
        file.say(done=done)
    assert read_progress(tmp_path / "fremdrift.json")["done"] < 499

    file.say(phase="Skriv", at_once=True)
    assert read_progress(tmp_path / "fremdrift.json") == {"done": 499, "phase": "Skriv"}


def test_what_is_half_written_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "fremdrift.json").write_text('{"done"', encoding="utf-8")

    assert read_progress(tmp_path / "fremdrift.json") == {}
    assert read_progress(tmp_path / "none.json") == {}
