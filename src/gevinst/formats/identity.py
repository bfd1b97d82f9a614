"""Item ids: a column of the file that names each row once, or `row:N`."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gevinst.domain.item import ROW_ID
from gevinst.domain.masking import has_cpr
from gevinst.domain.source import Assumption
from gevinst.formats.headings import by_tier
from gevinst.formats.plan import Plan, Role, assume
from gevinst.formats.table import Table
from gevinst.formats.text_column import TextColumn, texts_at

FIRST = 1000  # rows
CPR_LIKE = r"\p{Nd}{6}.{0,3}\p{Nd}{4}"  # RE2; what has no match holds no CPR number


def item_ids(
    table: Table, plan: Plan, rows: NDArray[np.int64], *, told: bool
) -> tuple[TextColumn, Assumption]:
    """One unique id for each movement.

    Args:
        table: the table.
        plan: what its columns are.
        rows: indexes of the movements under the header.
        told: a person or a layout named the id column; then it is used even when some ids stand twice.
    """
    if told and Role.ID in plan.columns:
        return _told_ids(table, plan.columns[Role.ID], rows)
    paired = _with_position(table, plan, rows)
    if plan.document_with_position and paired:
        return paired
    for index in _candidates(table, plan):
        ids = texts_at(table.columns[index], rows)
        if _names_each(ids) and not _names_persons(table, index, ids):
            return ids, _reason(table.label(index), "id.column")
    if paired:
        return paired
    ids = TextColumn.numbered(ROW_ID, table.line_numbers[rows])
    return ids, assume(subject="id", taken="row:N", because="id.row")


def row_id(line: int) -> str:
    """The id of a row that the file gives none."""
    return f"{ROW_ID}{line}"


def unique_ids(ids: Sequence[str], lines: Sequence[int]) -> list[str]:
    """The ids as given; a repeated one gets its row, an empty one is its row."""
    seen: set[str] = set()
    unique: list[str] = []
    for given, line in zip(ids, lines, strict=True):
        name = given or row_id(line)
        if name in seen:
            name = f"{name} {row_id(line)}"
        seen.add(name)
        unique.append(name)
    return unique


def _told_ids(table: Table, index: int, rows: NDArray[np.int64]) -> tuple[TextColumn, Assumption]:
    ids = texts_at(table.columns[index], rows)
    if _names_each(ids):
        return ids, _reason(table.label(index), "id.told")
    unique = unique_ids(list(ids), [table.lines[row] for row in rows])
    return TextColumn.of(unique), _reason(table.label(index), "id.told_repeated")


def _candidates(table: Table, plan: Plan) -> Iterator[int]:
    """Ids first, then voucher numbers, then running numbers, then the reference."""
    ids, documents = by_tier(table.names, "id"), by_tier(table.names, "document")
    tiers = [*ids[:1], *documents, *ids[1:], *by_tier(table.names, "reference")]
    used = {
        index
        for role, index in plan.columns.items()
        if role in {Role.DATE, Role.AMOUNT, Role.BALANCE, Role.TEXT}
    }
    for tier in tiers:
        yield from (index for index in tier if index not in used)


def _with_position(table: Table, plan: Plan, rows: NDArray[np.int64]) -> tuple[TextColumn, Assumption] | None:
    document, position = plan.columns.get(Role.DOCUMENT), plan.columns.get(Role.POSITION)
    if document is None or position is None:
        return None
    numbers, places = (texts_at(table.columns[index], rows) for index in (document, position))
    ids = numbers.joined("-", places)
    if not (numbers.filled() & places.filled()).all() or not _names_each(ids):
        return None
    return ids, _reason(f"{table.label(document)}-{table.label(position)}", "id.position")


def _names_each(ids: TextColumn) -> bool:
    first = ids[:FIRST]  # tells most columns that do not
    if not len(ids) or first.distinct() < len(first):
        return False
    return bool(ids.filled().all()) and (ids.ascends() or ids.distinct() == len(ids))


def _names_persons(table: Table, index: int, ids: TextColumn) -> bool:
    """Whether a column of references holds numbers of persons: ids are shown unmasked, so it is none.

    A voucher number may look like one by chance, and stays an id.
    """
    of_references = any(index in tier for tier in by_tier(table.names, "reference"))
    return of_references and any(map(has_cpr, ids.where(ids.matches(CPR_LIKE))))


def _reason(label: str, because: str) -> Assumption:
    return assume(subject="id", taken=label, because=because, facts={"column": label})
