"""Random sides: small, and full of what makes matching hard."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from unit.matching.builders import Line

FIRST_DAY = date(2026, 10, 5)
AMOUNTS = (10_000, 25_000, 25_000, 12_345, 54_321, 99_95, 125_050, 1, 300_000)
TEXTS = (
    "",
    "Husleje",
    "Indbetaling",
    "Gebyr",
    "Levering Aarhus",
    "Husleje Odense",
    "Faktura 10023",
    "Salary run",
)
NUMBERS = ("", "", "10023", "0010023", "70044", "70045", "INV-70044", "7004", "551122", "555")

amounts = st.sampled_from(AMOUNTS).flatmap(lambda ore: st.sampled_from((ore, -ore, ore)))
days = st.integers(min_value=0, max_value=12).map(lambda after: FIRST_DAY + timedelta(days=after))

flags = st.booleans()


@st.composite
def lines(draw: st.DrawFn, prefix: str) -> list[Line]:
    """Up to twelve items of one side; some of them alike, some sums of others."""
    count = draw(st.integers(min_value=0, max_value=10))
    made: list[Line] = [
        Line(
            id=f"{prefix}{number}",
            booked=draw(days),
            amount=draw(amounts),
            text=draw(st.sampled_from(TEXTS)),
            reference=draw(st.sampled_from(NUMBERS)),
        )
        for number in range(count)
    ]
    doubled, summed = draw(flags), draw(flags)
    if made and doubled:
        made.append(replace(draw(st.sampled_from(made)), id=f"{prefix}{count}"))
    if len(made) > 1 and summed:
        total = sum(one.amount for one in draw(st.lists(st.sampled_from(made), min_size=2, max_size=4)))
        made.append(replace(made[0], id=f"{prefix}{count + 1}", amount=total))
    return made


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    """Two sides; the right one holds changed copies of some of the left one's items."""
    left, right = draw(lines("L")), draw(lines("R"))
    kept = draw(st.lists(flags, min_size=len(left), max_size=len(left)))
    for number, one in enumerate(left):
        if kept[number]:
            later = timedelta(days=draw(st.integers(min_value=-2, max_value=4)))
            right.append(replace(one, id=f"C{number}", booked=one.booked + later))
    return left, right
