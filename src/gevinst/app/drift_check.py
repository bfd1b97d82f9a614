"""Compare a robot's file with its earlier ones: how it has drifted, and which rows stood in the last one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gevinst.app.ports import RunStore
from gevinst.domain.drift import drift_findings, profile_of
from gevinst.domain.file_profile import FileProfile
from gevinst.domain.finding import Finding, Severity
from gevinst.domain.matching.engine import NOTHING
from gevinst.domain.overlap import without_overlap
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Tally
from gevinst.domain.robot import Source
from gevinst.domain.run import Run
from gevinst.domain.source import SourceRead

#: The sources that are compared; open items of before and balances differ by nature.
COMPARED = frozenset({"bank", "ledger"})


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """A file beside the earlier ones."""

    read: SourceRead  #: without the rows that stood in the earlier file, with what was found
    profile: FileProfile  #: of the whole file
    duplicate: Tally = NOTHING  #: the rows taken out


def check_drift(
    run: Run,
    source: Source,
    read: SourceRead,
    *,
    store: RunStore,
    read_before: Callable[[Run, Source], SourceRead | None],
) -> CheckedFile:
    """Compare a file with the source's files in the last twelve periods.

    Args:
        run: the run that has read it.
        source: the robot's source.
        read: the file as read.
        store: with the profiles of earlier files.
        read_before: reads the file that an earlier run had, from its evidence; None when it is gone.

    Returns:
        The file with the findings of domain.drift; DRF-010 (warning) for rows that stood in the file before,
        which are taken out; DRF-011 (error) when all of them did.
    """
    profile = profile_of(source.name, read, run.period)
    kept = store.profiles(run.robot, before=run.period)
    history = [one.profile for one in kept if one.profile.source == source.name]
    found = drift_findings(profile, history, file=read.file, period=run.period, stops=source.drift_stops)
    checked = CheckedFile(read=replace(read, findings=(*read.findings, *found)), profile=profile)
    if not history or not profile.first or history[0].last < profile.first:
        return checked
    return _without_doubles(checked, run, source, store=store, read_before=read_before)


def _without_doubles(
    checked: CheckedFile,
    run: Run,
    source: Source,
    *,
    store: RunStore,
    read_before: Callable[[Run, Source], SourceRead | None],
) -> CheckedFile:
    before = [one for one in store.standing_runs(run.robot) if one.period < run.period]
    earlier = read_before(before[-1], source) if before else None
    if earlier is None:
        return checked
    read = checked.read
    overlap = without_overlap(read.items, earlier.items)
    doubles = overlap.duplicate
    if doubles.empty:
        return checked
    tally = Tally(count=len(doubles), sum=int(doubles["amount"].sum()))
    all_of_them = overlap.items.empty
    finding = Finding(
        code="DRF-011" if all_of_them else "DRF-010",
        place=Place(file=read.file),
        found=str(tally.count),
        severity=Severity.ERROR if all_of_them else Severity.WARNING,
        facts={"rows": tally.count, "sum": tally.sum, "file": earlier.file, "period": before[-1].period},
    )
    left = replace(read, items=overlap.items, findings=(*read.findings, finding))
    return replace(checked, read=left, duplicate=tally)
