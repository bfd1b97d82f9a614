"""Builders for the tests of gains: a card, a robot, a store with what it earned."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from gevinst.app.gain_ports import Samples
from gevinst.app.gain_report import GainTools
from gevinst.domain.gain_card import SUPERVISION, card_values, card_version, handling_of
from gevinst.domain.gain_records import KeptCard
from gevinst.domain.gain_settings import GainSettings
from gevinst.domain.gain_terms import GainTerms, HourlyRate, Money, PlannedGain
from gevinst.domain.gains import Baseline, GainCard, GainEntry, Method, credits_for
from gevinst.domain.robot import People, Phase, Robot
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.store.opening import StoreParts

TODAY = date(2026, 11, 2)
TIMED = Baseline(
    minutes=Decimal("6.5"),
    sd=Decimal("2.1"),
    n=40,
    method=Method.STOPWATCH,
    measured=date(2026, 3, 1),
    valid_until=date(2028, 3, 1),
)
FIXED = replace(TIMED, minutes=Decimal(21), sd=Decimal(0), n=12)
TERMS = GainTerms(
    unit="Regnskab",
    purpose="Flere kontroller",
    in_operation=date(2026, 7, 1),
    plan=PlannedGain(items_per_month=1_180, hours_per_month=Decimal(130)),
    rate=HourlyRate(amount=34_500, year=2026),
    investments=(Money(what="Udvikling", amount=16_000_000, year=2026),),
    running_costs=(Money(what="Licens", amount=420_000, year=2026),),
)
SETTINGS = GainSettings(price_year=2026, owners={"Økonomichef": ("okonomichef",)})


def a_card(terms: GainTerms = TERMS, robot: str = "hovedkonto", **other: object) -> GainCard:
    """The golden card, with the version of its content."""
    case_types: Mapping[str, Baseline | None] = {"match": TIMED}
    card = GainCard(robot=robot, version="", case_types=case_types, fixed=FIXED, occasions_per_month=12)
    card = replace(card, terms=terms, **other)  # type: ignore[arg-type]
    return replace(card, version=card_version(card))


def a_robot(card: GainCard | None = None, phase: Phase = Phase.PRODUCTION) -> Robot:
    """A robot in production with a gain card."""
    card = card or a_card()
    return Robot(
        id=card.robot,
        title={"da": "Hovedkonto", "en": "Main account"},
        flow="bank_reconciliation",
        phase=phase,
        people=People(
            process_owner="Leder af Regnskab", benefit_owner="Økonomichef", controller_group="Regnskab"
        ),
        sources={},
        gain=card,
        version="3f2a",
    )


def a_month(
    parts: StoreParts,
    card: GainCard,
    period: str = "2026-07",
    *,
    items: int = 1_180,
    exceptions: int = 20,
    supervision: str = "108",
    opened: int = 0,
) -> Run:
    """Lay the golden month in the ledger: 1,180 items, 12 occasions, 20 exceptions of 9 minutes."""
    run = a_run_of(card.robot, period, matched=items, opened=opened)
    parts.runs.start(replace(run, state=RunState.RUNNING, ended=None))
    keys = {"match": [f"{period}:{card.robot}:{number}" for number in range(items)]}
    entries = credits_for(run, keys, card, planned=True, at=run.started)
    costs = [(SUPERVISION, Decimal(supervision)), *[(handling_of("match"), Decimal("2.5"))] * exceptions]
    entries += [a_cost(run, card, what, minutes, number) for number, (what, minutes) in enumerate(costs)]
    parts.runs.credit(entries)
    parts.runs.finish(run)
    return run


def a_run_of(robot: str, period: str, *, matched: int, opened: int = 0) -> Run:
    """A production run after the month it is of."""
    year, month = map(int, period.split("-"))
    started = datetime(year + month // 12, month % 12 + 1, 5, 6, tzinfo=UTC)
    return Run(
        run_id=f"{period}-{robot}",
        robot=robot,
        robot_version="3f2a",
        period=period,
        environment=Environment.PRODUCTION,
        trigger=Trigger.SCHEDULE,
        triggered_by="rpa",
        state=RunState.OPEN_ITEMS if opened else RunState.AGREED,
        started=started,
        ended=started,
        read=matched + opened,
        matched=matched,
        open=opened,
    )


def a_cost(run: Run, card: GainCard, what: str, minutes: Decimal, number: int = 0) -> GainEntry:
    """Time that people spent."""
    return GainEntry(
        robot=run.robot,
        item_key=f"cost:{run.period}:{run.robot}:{what}:{number}",
        case_type=what,
        period=run.period,
        card_version=card.version,
        run_id=run.run_id,
        sign=-1,
        minutes=minutes,
        reason="cost",
        at=run.started,
    )


def keep(parts: StoreParts, card: GainCard) -> None:
    """Keep a card as a run in production does."""
    at = datetime(2026, 7, 1, tzinfo=UTC)
    kept = KeptCard(robot=card.robot, version=card.version, content=card_values(card), who="rpa", at=at)
    parts.gains.keep_card(kept)


def tools(
    parts: StoreParts,
    settings: GainSettings = SETTINGS,
    *,
    samples: Samples | None = None,
    today: date = TODAY,
) -> GainTools:
    """What the report needs."""
    return GainTools(
        office="Prøvekommunen",
        store=parts.runs,
        book=parts.gains,
        samples=samples,
        settings=settings,
        today=today,
    )


def url_in(folder: Path) -> str:
    """A SQLite database in a folder."""
    return f"sqlite:///{(folder / 'gevinst.db').as_posix()}"


MONTHS: Sequence[str] = ("2026-07", "2026-08", "2026-09")
