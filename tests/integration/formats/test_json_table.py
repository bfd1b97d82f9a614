"""Tables in JSON: what cannot be read as a list of objects stops the file, with its line."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flow import TableRead
from gevinst.domain.flows.meter_readings import READING_SHAPE
from gevinst.formats.table_source import read_tables


def read(tmp_path: Path, text: str) -> TableRead:
    path = tmp_path / "dump.json"
    path.write_text(text, "utf-8")
    return read_tables([path], READING_SHAPE)


def test_a_list_over_several_lines_is_read_with_the_line_of_each_object(tmp_path: Path) -> None:
    first = '{"meter": "1", "time": "2026-10-01 00:00",\n  "value": 1.25}'
    text = f'[\n {first},\n\n {{"meter": "2", "time": "x", "value": 7, "unit": null}}]'

    rows = read(tmp_path, text).rows

    assert rows[["meter", "state", "place_line"]].to_numpy().tolist() == [["1", "1.25", 2], ["2", "7", 5]]


def test_a_message_that_measures_nothing_is_counted_as_left_out(tmp_path: Path) -> None:
    text = (
        '{"topic": "a/status", "payload": "online"}\n'
        '{"topic": "a/1", "tst": "2026-10-01T00:00", "payload": "3"}\n'
    )

    [file] = read(tmp_path, text).files

    assert (file.counts.read, file.counts.skipped, file.skipped) == (1, 1, ((1, "no_reading"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"meter": "1", "time": "x", "value": 1}\n{"meter": "2", "ti', 2),
        ('{"meter": "1", "time": "x", "value": 1}\n{"meter": "2", "meter": "3"}', 2),
        ('[{"meter": "1", "time": "x", "value": 1}', 1),
        ('{"meter": "1", "time": "x", "value": 1}]', 1),
        ('{"meter": "1", "time": "x", "value": NaN}', 1),
        ('{"meter": "1", "time": "x", "value": 1e400}', 1),
        ('{"meter": "1", "time": "x", "payload": "-1e400"}', 1),
        (f'{{"meter": "1", "time": "x", "value": {10**400}}}', 1),
        ('{"meter": "1", "time": "x", "value": 1}\n{"meter": "\\ud800", "time": "x", "value": 1}', 2),
        ('{"meter": "1", "time": "x", "value": ["\\ud800"]}', 1),
        ("[1, 2]", 1),
        ("[" * 100_000, 1),
        ('"text"', 1),
    ],
)
def test_what_is_no_list_of_objects_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InputRejectedError) as error:
        read(tmp_path, text)

    assert [(one.code, one.place.line) for one in error.value.findings] == [("TAB-046", line)]


def test_a_moment_beyond_all_time_is_kept_as_it_stands(tmp_path: Path) -> None:
    moment = "1" + "0" * 400

    rows = read(tmp_path, f'{{"topic": "a/1", "tst": {moment}, "payload": 3}}').rows

    assert rows["moment"].tolist() == [moment]


def test_a_message_of_two_measures_is_not_guessed_at(tmp_path: Path) -> None:
    text = '{"topic": "a/1", "tst": "2026-10-01T00:00", "payload": {"energy": 3, "volume": 4}}'

    with pytest.raises(InputRejectedError) as error:
        read(tmp_path, text)

    assert [one.code for one in error.value.findings] == ["TAB-002"]
