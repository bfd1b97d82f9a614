"""Detection: what the columns of an unknown table are, why, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import NumberStyle
from gevinst.domain.place import Place
from gevinst.domain.source import Assumption
from gevinst.formats.amounts import StyleChoice, choose_style
from gevinst.formats.columns import doubled_findings
from gevinst.formats.currency import is_own_currency
from gevinst.formats.dates import DateOrder, OrderChoice, choose_order
from gevinst.formats.grid import Cell
from gevinst.formats.headings import by_tier, roles_of
from gevinst.formats.money_columns import MoneyReader, Way, choose_way
from gevinst.formats.numbered import numbered_column
from gevinst.formats.plan import ALTERNATIVE_MARK, PAIR_MARK, Plan, Role, assume
from gevinst.formats.profile import Profile, profiles
from gevinst.formats.table import DATE_ROLES, MONEY_ROLES, Table

WORDED_ROLES = (
    Role.VALUE_DATE,
    Role.TEXT,
    Role.REFERENCE,
    Role.ID,
    Role.COUNTERPARTY,
    Role.DOCUMENT,
    Role.POSITION,
    Role.CURRENCY,
    Role.ACCOUNT,
    Role.STATUS,
)
HALF = 0.5
FEWEST_ROLES = 3
SHORTEST_TEXT = 3
UNDECIDED = {
    "date_order": "LAY-004",
    "number_style": "LAY-005",
    "amount": "LAY-006",
    "date": "LAY-006",
    "sign": "LAY-006",
    "sheet": "LAY-006",
}
# Reasons for an order of day and month that are the same for every order.
FIXED_REASONS = frozenset(
    {
        "date_order.real",
        "date_order.year_first",
        "date_order.points",
        "date_order.same_either_way",
        "date_order.comma_amounts",
        "date_order.heading",
    }
)
SIGNS = ("normal", "reversed")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person or a layout has already decided."""

    columns: Mapping[Role, int] = field(default_factory=dict)
    date_order: DateOrder | None = None
    number_style: NumberStyle | None = None
    reversed_sign: bool | None = None
    because: str = "told"  #: or "layout"
    only: bool = False  #: other columns than these are not looked for


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A plan under way: the table, its looks, and what is decided."""

    table: Table
    file: str
    looks: Sequence[Profile]
    wishes: Wishes


def choose_plan(table: Table, file: str, wishes: Wishes | None = None) -> Plan | None:
    """Find out what each column is.

    Returns:
        The plan, with an assumption for each decision and a warning for each that is not sure; None when the
        table has no column that can be the date, or none that can be the amount.
    """
    choice = Choice(table=table, file=file, looks=profiles(table), wishes=wishes or Wishes())
    dates, date_reason = _date_column(choice)
    if not dates:
        return None
    style, style_reason = _number_style(choice, dates[0])
    order, order_reason = _date_order(choice, dates[0], style_reason)
    reader = MoneyReader(table=table, style=style)
    way, rivals = choose_way(reader, choice.looks, choice.wishes.columns, _date_like(choice, dates[0]))
    if way is None:
        return None
    columns, named = _other_columns(choice, {Role.DATE: dates[0], **way.columns})
    assumptions = (
        *_header_reason(table),
        date_reason,
        order_reason,
        *_amount_reasons(choice, way, rivals),
        style_reason,
        *named,
    )
    told = choice.wishes.reversed_sign
    return Plan(
        columns=columns,
        date_order=order,
        number_style=style,
        reversed_sign=way.reversed_sign if told is None else told,
        turned_balance=way.is_single and told is not None and told != way.reversed_sign,
        indicator=way.indicator,
        newest_first=bool(way.proof and way.proof.newest_first),
        balance_proved=bool(way.proof and way.proof.holds),
        assumptions=assumptions,
        findings=(*doubts(assumptions, file=file, table=table), *_doubled(choice, columns)),
    )


def _doubled(choice: Choice, columns: Mapping[Role, int]) -> list[Finding]:
    """A name that stands twice is an error for a date or an amount, unless a person chose one."""
    important = (Role.DATE, Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.BALANCE)
    found = [columns[role] for role in important if role in columns and role not in choice.wishes.columns]
    return doubled_findings(choice.table, found, choice.file)


def doubts(assumptions: Sequence[Assumption], *, file: str, table: Table) -> tuple[Finding, ...]:
    """A warning for each assumption that is not sure."""
    return tuple(_doubt(one, file=file, table=table) for one in assumptions if not one.sure)


def _doubt(assumption: Assumption, *, file: str, table: Table) -> Finding:
    # Where two columns have one name, only the letter says which: what is asked for is what can be answered.
    first = str(assumption.facts.get("alternatives", assumption.taken)).split(ALTERNATIVE_MARK)[0]
    place = Place(file=file, sheet=table.grid.sheet, line=table.header_line)
    return Finding(
        code=UNDECIDED[assumption.subject],
        place=place,
        found=shown_value(str(assumption.facts.get("example", ""))),
        severity=Severity.WARNING,
        facts={**assumption.facts, "subject": assumption.subject, "taken": first},
    )


def alternatives(values: Sequence[str]) -> str:
    """Choices as one fact."""
    return ALTERNATIVE_MARK.join(values)


def missing_role(table: Table) -> Role | None:
    """DATE or AMOUNT when the header names the other one and enough besides to be a list of movements."""
    named = {role for name in table.names for role, _ in roles_of(name)[:1]}
    if len(named) < FEWEST_ROLES:
        return None
    has_date, has_money = bool(named & DATE_ROLES), bool(named & MONEY_ROLES - {"balance"})
    if has_date == has_money:
        return None
    return Role.AMOUNT if has_date else Role.DATE


def _header_reason(table: Table) -> tuple[Assumption, ...]:
    if table.header is None:
        return (assume(subject="header", taken="", because="header.none", facts={"columns": table.width}),)
    line = table.header_line
    return (assume(subject="header", taken=str(line), because="header.row", facts={"line": line}),)


def _date_column(choice: Choice) -> tuple[list[int], Assumption]:
    """The booking date first, then columns that could be it just as well."""
    table, looks = choice.table, choice.looks
    if Role.DATE in choice.wishes.columns:
        index = choice.wishes.columns[Role.DATE]
        return [index], _column_reason(choice, Role.DATE, index, f"date.{choice.wishes.because}")
    named = _named_dates(table, looks)
    if named:
        found, because = named, "date.word"
    else:
        dated = [index for index, look in enumerate(looks) if look.is_dates and look.filled >= HALF]
        # Six digits can be a day or an employee's number; what is written as a day goes before.
        found, because = sorted(dated, key=lambda index: looks[index].fixed_digits), "date.content"
    if not found:
        return [], assume(subject="date", taken="", because=because)
    first = found[0]
    rivals = [
        index
        for index in found[1:]
        if because == "date.word" and table.columns[index] != table.columns[first]
    ]
    return [first, *rivals], _column_reason(choice, Role.DATE, first, because, rivals=rivals)


def _named_dates(table: Table, looks: Sequence[Profile]) -> list[int]:
    """The columns of the best tier whose cells are dates; a value date stands in where there is no other."""
    tiers = by_tier(table.names, "date") + by_tier(table.names, "value_date")
    for tier in tiers:
        dated = [index for index in tier if looks[index].dates >= HALF and looks[index].filled >= HALF]
        if dated:
            return dated
    # Named as a date, and most cells are none: each will be a finding.
    return tiers[0][:1] if tiers and not any(look.is_dates for look in looks) else []


def _column_reason(
    choice: Choice, role: Role, index: int, because: str, *, rivals: Sequence[int] = ()
) -> Assumption:
    label = choice.table.label(index)
    facts: dict[str, str | int] = {"column": label, "role": role.value}
    if rivals:
        facts["alternatives"] = alternatives([choice.table.key(column) for column in (index, *rivals)])
        because = f"{role.value}.undecided"
    return assume(subject=role.value, taken=label, because=because, facts=facts, sure=not rivals)


def _date_like(choice: Choice, date: int) -> set[int]:
    return {date} | {
        index for index, look in enumerate(choice.looks) if look.is_dates and not look.is_amounts
    }


def _date_order(choice: Choice, date: int, style: Assumption) -> tuple[DateOrder, Assumption]:
    if choice.wishes.date_order:
        told = choice.wishes.date_order
        return told, assume(subject="date_order", taken=told.value, because="date_order.told")
    found = choose_order(_date_columns(choice, date))
    if not found.sure and set(found.alternatives) == {DateOrder.DMY, DateOrder.MDY}:
        found = _by_custom(choice, date, style, found)
    return found.order, order_assumption(found)


def _by_custom(choice: Choice, date: int, style: Assumption, found: OrderChoice) -> OrderChoice:
    """Day first where the file is written as those do who never put the month first.

    No country that writes amounts with a decimal comma, and none whose word for date is "dato", writes the
    month first; a bank's file of one day in the first twelve of a month holds nothing else that decides.
    """
    if style.sure and style.because == "assumption.number_style.comma":
        return replace(found, order=DateOrder.DMY, because="date_order.comma_amounts", sure=True)
    if "dato" in choice.table.label(date).casefold():
        return replace(found, order=DateOrder.DMY, because="date_order.heading", sure=True)
    return found


def _date_columns(choice: Choice, date: int) -> list[Sequence[Cell]]:
    others = [index for index in sorted(_date_like(choice, date)) if index != date]
    return [choice.table.columns[index] for index in (date, *others)]


def order_assumption(found: OrderChoice) -> Assumption:
    """What was decided on the order of day and month."""
    facts: dict[str, str | int] = {"example": found.example}
    if not found.sure:
        facts["alternatives"] = alternatives([order.value for order in found.alternatives])
    because = found.because if found.because in FIXED_REASONS else f"{found.because}_{found.order.value}"
    return assume(
        subject="date_order", taken=found.order.value, because=because, facts=facts, sure=found.sure
    )


def _number_style(choice: Choice, date: int) -> tuple[NumberStyle, Assumption]:
    if choice.wishes.number_style:
        told = choice.wishes.number_style
        return told, assume(subject="number_style", taken=told.value, because="number_style.told")
    found = choose_style(choice.table.columns[index] for index in _money_like(choice, date))
    return found.style, style_assumption(found)


def _money_like(choice: Choice, date: int) -> list[int]:
    named = {
        index
        for role in ("amount", "debit", "credit", "balance", "paid_in", "paid_out")
        for tier in by_tier(choice.table.names, role)
        for index in tier
    } | {
        index
        for role, index in choice.wishes.columns.items()
        if role in {Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.BALANCE}
    }
    if named:
        return sorted(named)
    return [index for index, look in enumerate(choice.looks) if look.is_money and index != date]


def style_assumption(found: StyleChoice) -> Assumption:
    """What was decided on the number style."""
    facts: dict[str, str | int] = {"example": found.example}
    if not found.sure:
        other = NumberStyle.POINT if found.style is NumberStyle.COMMA else NumberStyle.COMMA
        facts["alternatives"] = alternatives([found.style.value, other.value])
    return assume(
        subject="number_style", taken=found.style.value, because=found.because, facts=facts, sure=found.sure
    )


def _amount_reasons(choice: Choice, way: Way, rivals: Sequence[Way]) -> list[Assumption]:
    label = _way_label(choice.table, way)
    facts: dict[str, str | int] = {"column": label}
    if way.proof:
        facts |= {
            "rows": way.proof.rows,
            "steps": way.proof.steps + 1,
            "balance": choice.table.label(way.columns[Role.BALANCE]),
        }
    because = way.because
    if because == "amount.told" and choice.wishes.because == "layout":
        because = "amount.balance" if way.proof else "amount.layout"
    if because == "amount.balance" and way.proof and way.proof.fits < way.proof.steps:
        because = "amount.balance_mostly"
    if rivals:
        facts["alternatives"] = alternatives([way_key(choice.table, rival) for rival in rivals])
        because = "amount.undecided"
    return [
        assume(subject="amount", taken=label, because=because, facts=facts, sure=not rivals),
        *_sign_reason(choice, way, label),
        *_order_reason(way),
        *_balance_reason(choice, way),
    ]


def _sign_reason(choice: Choice, way: Way, label: str) -> list[Assumption]:
    facts: dict[str, str | int] = {"column": label}
    if choice.wishes.reversed_sign is not None:
        taken = SIGNS[choice.wishes.reversed_sign]
        return [assume(subject="sign", taken=taken, because=f"sign.told_{taken}", facts=facts)]
    taken = SIGNS[way.reversed_sign]
    if way.sign_open:
        facts["alternatives"] = alternatives([taken, SIGNS[not way.reversed_sign]])
        return [assume(subject="sign", taken=taken, because="sign.undecided", facts=facts, sure=False)]
    if way.reversed_sign:
        return [assume(subject="sign", taken=taken, because="sign.balance", facts=facts)]
    if Role.DEBIT in way.columns or way.indicator:
        return [assume(subject="sign", taken=taken, because="sign.debit", facts=facts)]
    return []


def _order_reason(way: Way) -> list[Assumption]:
    if way.proof is None or not way.proof.newest_first:
        return []
    return [assume(subject="row_order", taken="newest_first", because="row_order.newest_first")]


def _balance_reason(choice: Choice, way: Way) -> list[Assumption]:
    """A balance that proves nothing is said to be so: the controller may think it does."""
    if Role.BALANCE not in way.columns or way.proof or len(choice.table.rows) <= 1:
        return []
    label = choice.table.label(way.columns[Role.BALANCE])
    return [assume(subject="balance", taken=label, because="balance.not_running", facts={"column": label})]


def _way_label(table: Table, way: Way) -> str:
    return PAIR_MARK.join(table.label(index) for index in _shown(way))


def way_key(table: Table, way: Way) -> str:
    """What names a way in an answer: its column, or its two columns with PAIR_MARK between."""
    return PAIR_MARK.join(table.key(index) for index in _shown(way))


def _shown(way: Way) -> list[int]:
    roles = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.INDICATOR)
    return [way.columns[role] for role in roles if role in way.columns]


def _other_columns(choice: Choice, found: Mapping[Role, int]) -> tuple[dict[Role, int], list[Assumption]]:
    """Text, reference and the rest, by name; a text column without name by its length."""
    columns = dict(found)
    reasons: list[Assumption] = []
    for role in WORDED_ROLES:
        if role in choice.wishes.columns:
            columns[role] = choice.wishes.columns[role]
            reason = _column_reason(choice, role, columns[role], f"{role.value}.{choice.wishes.because}")
            reasons += [reason] if role is not Role.ID else []
            continue
        if choice.wishes.only or (role is Role.CURRENCY and _in_own_currency(choice, columns)):
            continue
        free = [
            i
            for tier in by_tier(choice.table.names, role.value)
            for i in tier
            if _fits(choice, role, i, columns)
        ]
        if free:
            columns[role] = free[0]
            reasons += (
                [_column_reason(choice, role, free[0], f"{role.value}.word")] if role is not Role.ID else []
            )
    if (
        Role.TEXT not in columns
        and not choice.wishes.only
        and (index := _longest_text(choice, columns)) is not None
    ):
        columns[Role.TEXT] = index
        reasons.append(_column_reason(choice, Role.TEXT, index, "text.longest"))
    if (
        Role.REFERENCE not in columns
        and not choice.wishes.only
        and (index := numbered_column(choice.table, choice.looks, columns.values())) is not None
    ):
        columns[Role.REFERENCE] = index
        reasons.append(_column_reason(choice, Role.REFERENCE, index, "reference.numbers"))
    return columns, reasons


def _in_own_currency(choice: Choice, columns: Mapping[Role, int]) -> bool:
    """Whether the amount is in kroner by its name; a currency column is then the voucher's."""
    index = columns.get(Role.AMOUNT)
    return index is not None and is_own_currency(choice.table.names[index])


def _fits(choice: Choice, role: Role, index: int, columns: Mapping[Role, int]) -> bool:
    if index in columns.values():
        return False
    look = choice.looks[index]
    return look.dates >= HALF if role is Role.VALUE_DATE else look.filled > 0


def _longest_text(choice: Choice, columns: Mapping[Role, int]) -> int | None:
    free = [
        index
        for index, look in enumerate(choice.looks)
        if index not in columns.values() and look.amounts < HALF and look.dates < HALF and look.filled >= HALF
    ]
    best = max(
        free, key=lambda index: choice.looks[index].length * choice.looks[index].distinct, default=None
    )
    return best if best is not None and choice.looks[best].length >= SHORTEST_TEXT else None
