"""Complaints of other programs about rules that they learn by themselves; each test names its source."""

from dataclasses import replace

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.matching.rules import Key
from gevinst.domain.rule_mining import Ends, HandWork, suggest_rules
from unit.matching.builders import frame, groups, match

PERIODS = ("2026-07", "2026-08", "2026-09")
CALENDAR = BankCalendar()
RENTS = 20  # a month


def rents(period: str, *, amount: str = "5.000,00") -> HandWork:
    """A month in which a person matched twenty rents of one amount, three weeks apart, by their lease."""
    left = [f"B{at} {period}-01 {amount} Husleje 5511{at:02}" for at in range(RENTS)]
    right = [f"L{at} {period}-23 {amount} Leje 5511{at:02}" for at in range(RENTS)]
    return HandWork(
        period=period,
        left=frame(left),
        right=frame(right),
        matched={((f"B{at}",), (f"L{at}",)): "" for at in range(RENTS)},
        handled=frozenset(
            (side, f"{name}{at}") for side, name in (("left", "B"), ("right", "L")) for at in range(RENTS)
        ),
    )


def test_what_is_learnt_is_what_a_person_went_by_and_does_nothing_by_itself() -> None:
    """Source: enterprisetimes.co.uk, 31 March 2022: learned patterns fail common sense.

    And github.com/odoo/odoo/issues/282310: a rule created by itself ran over the whole backlog.
    Any two of the rents are as much alike in amount and day; the number of the lease tells them apart.
    """
    bank = [f"B{at} 2026-10-01 5.000,00 Husleje 5511{at:02}" for at in range(RENTS)]
    bank += [f"C{at} 2026-12-01 41,00 Husleje 5511{at:02}" for at in range(RENTS)]
    ledger = [f"L{at} 2026-10-23 5.000,00 Leje 5511{at:02}" for at in range(RENTS)]

    [suggested] = suggest_rules([rents(period) for period in PERIODS], CALENDAR)

    assert suggested.rule.key is Key.CODE
    assert groups(match(bank, ledger)) == []
    assert len(groups(match(bank, ledger, passes=[suggested.rule]))) == RENTS


def test_a_pattern_that_people_have_left_is_not_learnt() -> None:
    """Source: enterprisetimes.co.uk, 31 March 2022, its other half: heavy tailoring of what was learnt."""
    work = [rents(period) for period in PERIODS]
    another: dict[Ends, str] = {((f"B{at}",), (f"L{(at + 1) % RENTS}",)): "" for at in range(RENTS)}

    assert suggest_rules([*work, replace(rents("2026-10"), matched=another)], CALENDAR) == []
