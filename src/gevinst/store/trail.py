"""The audit trail on a connection; the caller holds the trail's turn, so that the chain has one end."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select

from gevinst.domain.audit import AuditAnchor, AuditEvent, AuditRow, canonical_detail, sealed
from gevinst.store.schema import audit

TRAIL_TURN = 7_403
AT_A_TIME = 2_000

_COLUMNS = tuple(field.name for field in fields(AuditRow))


def append(connection: Connection, event: AuditEvent) -> AuditRow:
    """Seal the event to the last row and write it."""
    [row] = append_all(connection, [event])
    return row


def append_all(connection: Connection, events: Iterable[AuditEvent]) -> list[AuditRow]:
    """Seal events to the last row, one after the other, and write them by one statement."""
    rows: list[AuditRow] = []
    last = head(connection)
    for event in events:
        row = sealed(event, last)
        last = AuditAnchor(number=row.number, hash=row.hash)
        rows.append(row)
    if rows:
        connection.execute(insert(audit), [_values(row) for row in rows])
    return rows


def _values(row: AuditRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS} | {"detail": canonical_detail(row.detail)}


def head(connection: Connection) -> AuditAnchor | None:
    """Number and hash of the last row; None for an empty trail."""
    query = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    return AuditAnchor(number=last.number, hash=last.hash) if last else None


def last_of(connection: Connection, what: str) -> AuditRow | None:
    """The last row of an act."""
    query = select(audit).where(audit.c.what == what).order_by(audit.c.number.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return _row_of(row) if row else None


def of(connection: Connection, what: Collection[str], subject: str = "") -> list[AuditRow]:
    """The rows of some acts, on one subject if it is given, oldest first."""
    query = select(audit).where(audit.c.what.in_(what)).order_by(audit.c.number)
    found = connection.execute(query.where(audit.c.subject == subject) if subject else query)
    return [_row_of(row) for row in found.mappings()]


def page(connection: Connection, after: int) -> list[AuditRow]:
    """The next rows after a number."""
    query = select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(AT_A_TIME)
    return [_row_of(row) for row in connection.execute(query).mappings()]


def page_before(
    connection: Connection, before: int | None, where: Sequence[ColumnElement[bool]]
) -> list[AuditRow]:
    """The rows before a number (or the last ones) that fit, newest first."""
    query = select(audit).where(*where).order_by(audit.c.number.desc()).limit(AT_A_TIME)
    found = connection.execute(query if before is None else query.where(audit.c.number < before))
    return [_row_of(row) for row in found.mappings()]


def _row_of(row: RowMapping) -> AuditRow:
    detail = MappingProxyType(json.loads(row["detail"]))
    return AuditRow(**{name: row[name] for name in _COLUMNS if name != "detail"}, detail=detail)
