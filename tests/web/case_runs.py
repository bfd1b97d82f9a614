"""Runs with cases, put in a console's database as a robot's run leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gevinst.app.ports import CarriedItem
from gevinst.domain.case import Case, CaseItem, CaseKind, case_subject
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import Run, RunState
from gevinst.web.console import Console
from runs import a_run, ended

ROBOT = "hovedkonto"
PERIOD = "2026-10"
FILE = "kontoudtog.csv"
FOLDER = "hovedkonto/2026-10/r1"
HOSTILE = "<script>alert(1)</script> =HYPERLINK(1) 010190-1234"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An open item, and so a case."""

    name: str
    amount: int = 12_500
    text: str = "Indbetaling"
    side: str = "left"
    cause: str = "no_counterpart_bank"
    booked: date = date(2026, 10, 5)
    line: int = 2


def put_run(console: Console, lines: Sequence[Line], *, run_id: str = "r1", robot: str = ROBOT) -> Run:
    """A done run with one case for each line, and the bank's file in its evidence."""
    run = a_run(run_id, robot=robot, after=int(run_id.removeprefix("r")))
    runs = console.parts.runs
    runs.start(run)
    runs.save_open_items(run, [_open_item(one) for one in lines])
    runs.save_cases(run, [_case(run, number, one) for number, one in enumerate(lines, 1)])
    folder = f"{robot}/{PERIOD}/{run_id}"
    done = ended(run, RunState.OPEN_ITEMS)
    runs.finish(replace(done, folder=folder, read=100, matched=100 - len(lines), open=len(lines)))
    kept = console.office.runs / folder / "input" / "bank" / FILE
    kept.parent.mkdir(parents=True)
    kept.write_text(
        "Dato;Tekst;Beløb\n" + "".join(f"05-10-2026;{one.text};125,00\n" for one in lines), "utf-8"
    )
    return run


def _open_item(line: Line) -> CarriedItem:
    return CarriedItem(
        side=Side(line.side),
        item_id=line.name,
        account="2030-1234567",
        booked=line.booked,
        amount=line.amount,
        currency="DKK",
        text=line.text,
        first_period=PERIOD,
        place=Place(file=FILE, line=line.line),
        cause=line.cause,
    )


def _case(run: Run, number: int, line: Line) -> Case:
    item = CaseItem(
        side=line.side,
        item_id=line.name,
        booked=line.booked,
        amount=line.amount,
        currency="DKK",
        text=line.text,
        counterparty="",
        reference="",
        document="",
        first_period=PERIOD,
        age_bank_days=3,
        file=FILE,
        sheet="",
        line=line.line,
        cell="",
    )
    return Case(
        run_id=run.run_id,
        number=number,
        robot=run.robot,
        period=run.period,
        subject=case_subject(CaseKind.OPEN, [(line.side, PERIOD, line.name)]),
        kind=CaseKind.OPEN,
        cause=line.cause,
        items=(item,),
        counterparty="",
        text=line.text,
        amount=line.amount,
        oldest=line.booked,
        first_period=PERIOD,
    )
