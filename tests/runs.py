"""Builders of runs and what they leave behind, for the tests of stores and gains."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from gevinst.app.ports import CarriedItem, RunStore, SeenInput, SeenStatement
from gevinst.domain.gains import GainEntry
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import Environment, Run, RunState, Trigger

MORNING = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def a_run(
    run_id: str = "run-1",
    *,
    robot: str = "hovedkonto",
    period: str = "2026-10",
    environment: Environment = Environment.PRODUCTION,
    after: int = 0,
    replaces: str = "",
) -> Run:
    """A running run that started `after` minutes past six."""
    return Run(
        run_id=run_id,
        robot=robot,
        robot_version="3f2a",
        period=period,
        environment=environment,
        trigger=Trigger.MANUAL,
        triggered_by="controller",
        state=RunState.RUNNING,
        started=MORNING + timedelta(minutes=after),
        replaces=replaces,
    )


def ended(run: Run, state: RunState = RunState.AGREED) -> Run:
    """The run a minute later, with its final state."""
    return replace(run, state=state, ended=run.started + timedelta(minutes=1))


def kept(store: RunStore, run: Run, state: RunState = RunState.AGREED) -> Run:
    """Start and finish a run."""
    store.start(run)
    done = ended(run, state)
    store.finish(done)
    return done


def an_item(item_id: str = "B1", *, side: Side = Side.LEFT, amount: int = 125_000) -> CarriedItem:
    """An open item of the bank or the ledger."""
    return CarriedItem(
        side=side,
        item_id=item_id,
        account="2030-1234567",
        booked=date(2026, 10, 30),
        amount=amount,
        currency="DKK",
        text="Indbetaling æøå <b>",
        first_period="2026-10",
        place=Place(file="kontoudtog.csv", line=17, cell="Beløb"),
        cause="no_counterpart",
    )


def a_statement(number: str = "10", *, run: Run, first: date = date(2026, 10, 1)) -> SeenStatement:
    """A statement of the main account."""
    return SeenStatement(
        account="2030-1234567",
        currency="DKK",
        number=number,
        opening=10_000_000_000_000_001,
        closing=None,
        first=first,
        last=date(2026, 10, 31),
        period=run.period,
        run_id=run.run_id,
    )


def an_input(sha256: str = "a" * 64) -> SeenInput:
    """A bank file."""
    return SeenInput(source="bank", file="kontoudtog.csv", sha256=sha256, rows=2_512)


def an_entry(item_key: str, run: Run, *, minutes: str = "6.50", sign: int = 1) -> GainEntry:
    """A credit, or a cost when the sign is -1."""
    return GainEntry(
        robot=run.robot,
        item_key=item_key,
        case_type="match",
        period=run.period,
        card_version="1",
        run_id=run.run_id,
        sign=sign,
        minutes=Decimal(minutes),
        reason="credited" if sign == 1 else "handling",
        at=MORNING,
    )
