"""Which columns hold the amount: one signed column, debit and credit, or an amount with a D/K column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.money import NumberStyle
from gevinst.formats.amounts import read_amounts
from gevinst.formats.currency import is_own_currency
from gevinst.formats.grid import Cell, cell_text
from gevinst.formats.headings import by_tier, fold, roles_of
from gevinst.formats.plan import Role
from gevinst.formats.profile import MOST, Profile
from gevinst.formats.proof import Proof, prove
from gevinst.formats.table import Table
from gevinst.formats.text_column import coded_cells, filled_cells, unique_cells
from gevinst.formats.value_columns import OreColumn

# Debit raises the office's own balance account; a bank's CRDT means money in. Both are seen from the account.
LEDGER_WORDS = {"debet": 1, "kredit": -1, "d": 1, "k": -1, "s": 1, "h": -1, "soll": 1, "haben": -1}
MOVE_WORDS = {"+": 1, "-": -1, "ind": 1, "ud": -1, "crdt": 1, "dbit": -1, "in": 1, "out": -1}
# English words that a bank and a ledger use the other way round.
UNSURE_WORDS = {"debit": 1, "credit": -1, "c": -1, "cr": -1, "dr": 1, "db": 1}
INDICATOR_WORDS = {**LEDGER_WORDS, **MOVE_WORDS, **UNSURE_WORDS}
HALF = 0.5
PROBE = 50
# A balance column without a name needs this many steps before chance is out of the question.
FEWEST_STEPS = 3


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to read the amount of a row."""

    columns: Mapping[Role, int]
    indicator: Mapping[str, int] = field(default_factory=dict)
    reversed_sign: bool = False
    because: str = "amount.word"
    sure: bool = True
    sign_open: bool = False  #: which side is money in has to be asked
    proof: Proof | None = None

    @property
    def is_single(self) -> bool:
        """Whether one column holds the amount with its sign."""
        return Role.AMOUNT in self.columns and not self.indicator


@dataclass(frozen=True, kw_only=True)
class MoneyReader:
    """Reads amount columns of one table in one number style, each only once."""

    table: Table
    style: NumberStyle

    def column(self, index: int) -> OreColumn:
        """The column as øre; None where a cell is no amount."""
        key = (index, self.style)
        if key not in self.table.ore:
            self.table.ore[key] = read_amounts(self.table.columns[index], self.style)
        return self.table.ore[key]

    def amounts(self, way: Way) -> OreColumn:
        """The signed amounts of the rows, money in positive as the way says."""
        if Role.AMOUNT in way.columns:
            amounts = self.column(way.columns[Role.AMOUNT])
            if way.indicator:
                marks = self.table.columns[way.columns[Role.INDICATOR]]
                amounts = _signed(amounts, _factors(marks, way.indicator))
        else:
            amounts = self._netted(way)
        return -amounts if way.reversed_sign else amounts

    def _netted(self, way: Way) -> OreColumn:
        """Debit minus credit; one blank side is nothing, two blank sides are no amount."""
        debit_at, credit_at = way.columns[Role.DEBIT], way.columns[Role.CREDIT]
        debit, credit = self.column(debit_at), self.column(credit_at)
        # Some systems write the credit column with a minus: a column without one positive amount is such.
        turn = -1 if (credit.ore <= 0).all() else 1
        in_debit = filled_cells(self.table.columns[debit_at])
        in_credit = filled_cells(self.table.columns[credit_at])
        known = (debit.known | ~in_debit) & (credit.known | ~in_credit) & (in_debit | in_credit)
        return OreColumn(ore=np.where(known, debit.ore - turn * credit.ore, 0), known=known)


def _factors(marks: Sequence[Cell], indicator: Mapping[str, int]) -> NDArray[np.int64]:
    """The sign of each row by its D/K cell; 0 where that says nothing."""
    words, codes = coded_cells(marks)
    return np.array([indicator.get(mark_key(word), 0) for word in words], dtype=np.int64)[codes]


def _signed(amounts: OreColumn, factors: NDArray[np.int64]) -> OreColumn:
    return OreColumn(ore=amounts.ore * factors, known=amounts.known & (factors != 0))


def mark_key(mark: Cell) -> str:
    """The value of an indicator cell as it is compared."""
    text = cell_text(mark)
    return text if text in {"+", "-"} else fold(text)


def choose_way(
    reader: MoneyReader, looks: Sequence[Profile], fixed: Mapping[Role, int], taken: set[int]
) -> tuple[Way | None, list[Way]]:
    """Find the amount of a row: what a person fixed, what a running balance proves, what the header says.

    Args:
        reader: the table's money reader.
        looks: one profile for each column.
        fixed: columns that a person or a layout names.
        taken: columns that are something else, such as dates.

    Returns:
        The way, and those just as good when it is not sure; None when no column can be the amount.
    """
    tiers = (
        _fixed_ways(fixed)
        or _named_ways(reader.table, looks, taken)
        or _unnamed_ways(reader.table, looks, taken)
    )
    tiers = [_with_indicators(reader, tier, fixed) for tier in tiers]
    balances = _balances(reader.table, looks, fixed, taken)
    sure = [index for index in balances if reader.table.names[index] or index in fixed.values()]
    proved = _proved(reader, tiers, balances, sure)
    if proved:
        return proved, []
    if not tiers:
        return None, []
    return _best_of(reader, tiers[0], sure)


def _fixed_ways(fixed: Mapping[Role, int]) -> list[list[Way]]:
    if Role.AMOUNT in fixed:
        return [[Way(columns={Role.AMOUNT: fixed[Role.AMOUNT]}, because="amount.told")]]
    if Role.DEBIT in fixed and Role.CREDIT in fixed:
        return [
            [Way(columns={role: fixed[role] for role in (Role.DEBIT, Role.CREDIT)}, because="amount.told")]
        ]
    return []


def _named_ways(table: Table, looks: Sequence[Profile], taken: set[int]) -> list[list[Way]]:
    """Named columns that hold amounts; where none does, the best named ones: each cell will be a finding."""
    good = _named_tiers(table, taken, [index for index, look in enumerate(looks) if look.amounts >= HALF])
    return good or _named_tiers(table, taken, range(table.width))[:1]


def _named_tiers(table: Table, taken: set[int], usable: Sequence[int]) -> list[list[Way]]:
    tiers = [
        [
            Way(columns={Role.AMOUNT: index})
            for index in _own_first(table, tier)
            if index not in taken and index in usable
        ]
        for tier in by_tier(table.names, "amount")
    ]
    pairs = [
        *_pair(table, usable, ("paid_in", "paid_out"), "amount.paid"),
        *_pair(table, usable, ("debit", "credit"), "amount.pair"),
    ]
    if pairs:
        tiers = [pairs + tier if number == 0 else tier for number, tier in enumerate(tiers)] or [pairs]
    return [tier for tier in tiers if tier]


def _own_first(table: Table, tier: Sequence[int]) -> Sequence[int]:
    """Of equally good names, those that say kroner: "Beløb (DKK)" before "Beløb"."""
    own = [index for index in tier if is_own_currency(table.names[index])]
    return own if len({fold(table.names[index]) for index in tier}) == 1 and own else tier


def _pair(table: Table, usable: Sequence[int], words: tuple[str, str], because: str) -> list[Way]:
    sides = [[index for tier in by_tier(table.names, word) for index in tier] for word in words]
    if not all(sides) or not {sides[0][0], sides[1][0]} & set(usable):
        return []
    debit, credit = sides[0][0], sides[1][0]
    english = fold(table.names[debit]).startswith("debit") and not _is_ledger(table)
    return [Way(columns={Role.DEBIT: debit, Role.CREDIT: credit}, because=because, sign_open=english)]


def _is_ledger(table: Table) -> bool:
    """A voucher number is what a ledger has and a bank has not."""
    return bool(by_tier(table.names, "document"))


def _unnamed_ways(table: Table, looks: Sequence[Profile], taken: set[int]) -> list[list[Way]]:
    free = [
        index
        for index in range(table.width)
        if index not in taken and not _named_otherwise(table.names[index])
    ]
    money = [index for index in free if looks[index].is_money and looks[index].money > 0]
    chosen = money or [index for index in free if looks[index].is_money]
    return (
        [[Way(columns={Role.AMOUNT: index}, because="amount.content") for index in chosen]] if chosen else []
    )


def _named_otherwise(name: str) -> bool:
    return bool(roles_of(name))


def _balances(
    table: Table, looks: Sequence[Profile], fixed: Mapping[Role, int], taken: set[int]
) -> list[int]:
    if Role.BALANCE in fixed:
        return [fixed[Role.BALANCE]]
    named = [
        index for tier in by_tier(table.names, "balance") for index in tier if looks[index].amounts >= HALF
    ]
    if named:
        return named
    free = [index for index in range(table.width) if index not in taken and not table.names[index]]
    return [index for index in free if looks[index].is_money and looks[index].filled >= MOST]


def _with_indicators(reader: MoneyReader, tier: Sequence[Way], fixed: Mapping[Role, int]) -> list[Way]:
    """Put a D/K column beside each single amount that has no sign of its own."""
    column = fixed.get(Role.INDICATOR, _indicator_column(reader.table))
    if column is None:
        return list(tier)
    return [_marked(reader, way, column) if Role.AMOUNT in way.columns else way for way in tier]


def _marked(reader: MoneyReader, way: Way, column: int) -> Way:
    marks = reader.table.columns[column]
    ore = reader.column(way.columns[Role.AMOUNT]).ore
    if (ore < 0).any() and (ore * _factors(marks, INDICATOR_WORDS) >= 0).all():
        return way  # the amounts carry the sign already
    values = {mark_key(cell) for cell in unique_cells(marks)} & INDICATOR_WORDS.keys()
    return replace(
        way,
        columns={**way.columns, Role.INDICATOR: column},
        indicator={mark: INDICATOR_WORDS[mark] for mark in values},
        because="amount.indicator" if way.because == "amount.word" else way.because,
        sign_open=bool(values & UNSURE_WORDS.keys()) and not _is_ledger(reader.table),
    )


def _indicator_column(table: Table) -> int | None:
    """The D/K column by name; else one whose every cell is such a word, with both sides among them."""
    for index in (index for tier in by_tier(table.names, "indicator") for index in tier):
        column = table.columns[index]
        filled = np.count_nonzero(filled_cells(column))
        if filled and np.count_nonzero(_factors(column, INDICATOR_WORDS)) >= MOST * filled:
            return index
    for index, name in enumerate(table.names):
        if not _named_otherwise(name) and _all_marks(table.columns[index][:PROBE]):
            different = unique_cells(table.columns[index])
            if _all_marks(different) and len(different) > 1:
                return index
    return None


def _all_marks(cells: Sequence[Cell]) -> bool:
    return bool(cells) and {mark_key(cell) for cell in cells} <= INDICATOR_WORDS.keys()


def _proved(
    reader: MoneyReader, tiers: Sequence[Sequence[Way]], balances: Sequence[int], sure: Sequence[int]
) -> Way | None:
    """The way that a running balance confirms best; earlier tiers win a tie.

    Args:
        reader: the table's money reader.
        tiers: ways to read the amount, best first.
        balances: columns that can be the balance.
        sure: those that are named as one; others need more steps, so that chance is out of the question.
    """
    best: Way | None = None
    for way in (way for tier in tiers for way in tier):
        for balance in balances:
            if balance in way.columns.values():
                continue
            proof = prove(reader.amounts(way), reader.column(balance))
            enough = balance in sure or proof.steps >= FEWEST_STEPS
            if proof.holds and enough and (best is None or _fits(best) < proof.fits):
                best = replace(way, columns={**way.columns, Role.BALANCE: balance}, proof=proof)
    return None if best is None else _as_proved(best)


def _as_proved(way: Way) -> Way:
    turned = way.proof is not None and way.proof.reversed_sign
    told = way.because == "amount.told"
    return replace(
        way,
        because="amount.told" if told else "amount.balance",
        reversed_sign=turned,
        # One signed column against its own balance: the file contradicts itself, so a person decides.
        sign_open=turned and way.is_single,
    )


def _fits(way: Way) -> int:
    return way.proof.fits if way.proof else 0


def _best_of(reader: MoneyReader, ways: Sequence[Way], balances: Sequence[int]) -> tuple[Way, list[Way]]:
    """The only way, or the first of several that say the same; otherwise a person chooses."""
    first = ways[0]
    amounts = reader.amounts(first)
    rivals = [way for way in ways[1:] if reader.amounts(way) != amounts]
    single = [balance for balance in balances if balance not in first.columns.values()]
    columns = {**first.columns, Role.BALANCE: single[0]} if len(single) == 1 else first.columns
    return replace(first, columns=columns, sure=not rivals), [first, *rivals] if rivals else []
