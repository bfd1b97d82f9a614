"""The parts of reconciling two files now."""

import multiprocessing
import os
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gevinst.app.office import Office
from gevinst.app.two_files import Asked, FileSide, Look, Pair, RobotWish, SeenRow, TwoFilesError
from gevinst.bootstrap.here import now, versions
from gevinst.bootstrap.runs import conclude, replace_reports
from gevinst.texts import Texts

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from gevinst.domain.source import SourceRead
    from gevinst.store.opening import StoreParts
    from gevinst.store.uploads import PairFolder

PREVIEW = 8  # rows
APART_FROM = 400_000  # bytes: some 12,000 rows, which take five seconds when nothing agrees
LONGEST = 180.0  # seconds
RECONCILED, MADE = "files.reconciled", "robot.made"


def pair_shelf(of: Office) -> "PairFolder":
    """Where people's files are kept for a day."""
    from gevinst.store.uploads import PairFolder  # noqa: PLC0415 - only the console needs it

    return PairFolder(data=of.data, now=now)


def look_at(of: Office, pair: Pair, side: FileSide) -> Look:
    """What is recognised in one of the files, with what the person has told of it."""
    from gevinst.domain.finding import InputRejectedError  # noqa: PLC0415 - as above
    from gevinst.formats.mapping import MappingError  # noqa: PLC0415 - loads pandas and the readers

    try:
        read = _read(of, pair, side)
    except InputRejectedError as error:
        return Look(file=pair.names[side], findings=error.findings, usable=False)
    except MappingError as error:
        return Look(file=pair.names[side], usable=False, wrong={error.key: error.value})
    return _look(read, pair, side)


def _read(of: Office, pair: Pair, side: FileSide) -> "SourceRead":
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - loads pandas and the readers
    from gevinst.formats.reading import read_source  # noqa: PLC0415 - as above

    told = dict(pair.told.get(side, {}))
    return read_source(pair.path(side), mapping=told or None, own=own_layouts(of.layouts))


def _look(read: "SourceRead", pair: Pair, side: FileSide) -> Look:
    from gevinst.domain.finding import Severity  # noqa: PLC0415
    from gevinst.formats.reading import unsure  # noqa: PLC0415 - loads pandas and the readers

    told = pair.told.get(side, {})
    amounts, booked = read.items["amount"], read.items["booked"]
    is_table = any(one.subject in ("date", "amount") for one in read.assumptions)
    questions = [one for one in unsure(read) if one.subject not in told]
    asked = {one.subject for one in questions}
    errors = [one for one in read.findings if one.severity is Severity.ERROR]
    return Look(
        file=read.file,
        findings=read.findings,
        usable=not errors or bool(asked),
        columns=tuple(str(name) for name in read.raw.columns if str(name).strip()) if is_table else (),
        assumptions=read.assumptions,
        questions=[Asked(subject=one.subject, alternatives=one.alternatives) for one in questions],
        read=read.rows.read,
        skipped=read.rows.skipped,
        rejected=read.rows.rejected,
        first=booked.min().date() if len(booked) else None,
        last=booked.max().date() if len(booked) else None,
        money_in=int(amounts[amounts > 0].sum()),
        money_out=int(amounts[amounts < 0].sum()),
        preview=[_row(row) for row in read.items.head(PREVIEW).to_dict("records")],
    )


def _row(row: dict[Any, Any]) -> SeenRow:

    return SeenRow(
        line=int(row["place_line"]),
        booked=row["booked"].date(),
        amount=int(row["amount"]),
        text=str(row["text"] or ""),
        reference=str(row["reference"] or ""),
    )


def reconcile_pair(of: Office, opened: "StoreParts", pair: Pair) -> Pair:
    """Reconcile the files by the standard rules and write the reports; the trail tells of it.

    Raises:
        InputRejectedError: a file cannot be read any more.
        OSError: the reports cannot be written.
    """
    from gevinst.app.reconcile_files import AdHoc, reconcile_files  # noqa: PLC0415 - loads pandas
    from gevinst.domain.audit import AuditEvent  # noqa: PLC0415
    from gevinst.domain.matching.rules import Rules  # noqa: PLC0415

    ask = AdHoc(
        user=pair.user,
        started=now(),
        rules=Rules(),
        versions=versions(),
        title=Texts("da").get("cli.reconcile.title"),
        title_en=Texts("en").get("cli.reconcile.title"),
    )
    left, right = (_read(of, pair, side) for side in FileSide)
    report = reconcile_files(left, right, ask, same_sign=pair.same_sign)
    summary = {language: conclude(report, language) for language in ("da", "en")}
    report = replace(report, run=replace(report.run, summary=summary["da"]))
    replace_reports(pair.result, report, [pair.path(side) for side in FileSide])
    hashes: dict[str, str | int] = {
        "left": left.sha256,
        "right": right.sha256,
        "state": str(report.run.state),
    }
    event = AuditEvent(
        at=ask.started, who=pair.user, what=RECONCILED, subject=report.run.run_id, detail=hashes
    )
    opened.runs.append_audit(event)
    done = replace(pair, outcome=str(report.run.state), summary=summary)
    pair_shelf(of).note(done)
    return done


def reconcile_bounded(
    of: Office, opened: "StoreParts", pair: Pair, *, apart_from: int = APART_FROM, seconds: float = LONGEST
) -> None:
    """Reconcile small files at once, and large ones in a process of their own, which is ended in time.

    In the console's own process the work would keep every other page waiting.

    Args:
        of: the office.
        opened: its database.
        pair: the files.
        apart_from: bytes of both files from which another process does it.
        seconds: that the process may take.

    Raises:
        InputRejectedError, OSError: see reconcile_pair.
        TwoFilesError: TWO-010 it took too long.
        EOFError: the other process ended by an error of ours, which it has written to the log.
    """
    if sum(pair.path(side).stat().st_size for side in FileSide) < apart_from:
        reconcile_pair(of, opened, pair)
        return
    context = multiprocessing.get_context("spawn")  # a fork would take the console's threads with it
    answer, told = context.Pipe(duplex=False)
    process = context.Process(target=_reconcile_apart, args=(of, pair, told), daemon=True)
    process.start()
    told.close()
    in_time = answer.poll(seconds)  # for the answer, or for an end without one
    if not in_time:
        process.kill()
    process.join()
    if not in_time:
        raise TwoFilesError("TWO-010", minutes=max(1, round(seconds / 60)))
    trouble = answer.recv()
    if trouble is not None:
        raise trouble


def _reconcile_apart(of: Office, pair: Pair, told: "Connection") -> None:
    """The other process: reconcile, and tell what went wrong; it makes way for the pages."""
    from gevinst.bootstrap.unattended import parts  # noqa: PLC0415 - only here it has no database yet
    from gevinst.domain.finding import InputRejectedError  # noqa: PLC0415 - as above

    if hasattr(os, "nice"):
        os.nice(10)
    try:
        reconcile_pair(of, parts(of), pair)
    except (OSError, InputRejectedError) as error:
        told.send(error)
    else:
        told.send(None)


def make_robot(of: Office, opened: "StoreParts", pair: Pair, wish: RobotWish) -> None:
    """Write a robot in trial that reads files like these, with layouts for what the person has corrected.

    The files are put where the robot looks for those of their month, so that it can be run at once.

    Raises:
        ConfigurationError: see making.write_robot.
        InputRejectedError: a corrected file cannot be read any more.
        OSError: a folder cannot be written.
    """
    from gevinst.app.new_robot import NewRobot  # noqa: PLC0415 - only what makes robots needs it
    from gevinst.app.period_folder import RECONCILING_FLOW  # noqa: PLC0415 - as above
    from gevinst.bootstrap import making  # noqa: PLC0415 - as above
    from gevinst.domain.audit import AuditEvent  # noqa: PLC0415 - as above

    making.check_new_id(of, wish.id)
    names = {FileSide.LEFT: "bank", FileSide.RIGHT: "ledger"}
    paths = {
        side: f"ind/{wish.id}/{name}_{{period}}{Path(pair.names[side]).suffix.lower()}"
        for side, name in names.items()
    }
    new = NewRobot(
        id=wish.id,
        title=wish.title,
        flow=RECONCILING_FLOW,
        sources={names[side]: path for side, path in paths.items()},
        process_owner=wish.process_owner,
        benefit_owner=wish.benefit_owner,
        controller_group=wish.controller_group,
        schedule=wish.schedule,
        minutes=wish.minutes,
        case_types=making.case_types_of(of, RECONCILING_FLOW),
        today=now().date(),
    )
    layouts = [draft for side in FileSide if (draft := _layout(of, pair, side))]
    making.write_robot(of, new, _readme(wish))
    for draft in layouts:
        _keep_layout(of, draft)
    for side, path in paths.items():
        target = of.data / path.format(period=wish.period)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pair.path(side), target)
    event = AuditEvent(at=now(), who=pair.user, what=MADE, subject=wish.id, detail={"layouts": len(layouts)})
    opened.runs.append_audit(event)


def _layout(of: Office, pair: Pair, side: FileSide) -> str:
    """A layout of what the person has told of a file, as TOML; "" for a file that was read as it is."""
    from gevinst.formats.intake import take_in  # noqa: PLC0415 - loads pandas and the readers
    from gevinst.formats.layout_draft import OwnFormatError, draft_layout  # noqa: PLC0415 - as above
    from gevinst.formats.own_layouts import own_layouts  # noqa: PLC0415 - as above

    told = pair.told.get(side)
    if not told:
        return ""
    try:
        return draft_layout(take_in(pair.path(side)), mapping=told, known=own_layouts(of.layouts))
    except OwnFormatError:
        return ""


def _keep_layout(of: Office, draft: str) -> None:
    of.layouts.mkdir(parents=True, exist_ok=True)
    name = tomllib.loads(draft)["id"]
    (of.layouts / f"{name}.toml").write_text(draft, "utf-8", newline="\n")


def _readme(wish: RobotWish) -> str:
    """The robot's README in both languages: what a person must still write stands in it."""
    facts = {"title": wish.title, "minutes": str(wish.minutes).replace(".", ",")}
    english = Texts("en").get("make.readme_line", **facts)
    return f"{Texts('da').get('make.readme', **facts)}\n\n*{english}*\n"
