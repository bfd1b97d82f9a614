"""The audit trail on a connection; the caller holds the trail's turn, so that the chain has one end."""

import json
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from gevinst.domain.audit import AuditAnchor, AuditEvent, AuditRow, canonical_detail, sealed
from gevinst.store.schema import audit

TRAIL_TURN = 7_403
AT_A_TIME = 2_000

_COLUMNS = tuple(field.name for field in fields(AuditRow))


def append(connection: Connection, event: AuditEvent) -> AuditRow:
    """Seal the event to the last row and write it."""
    query = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    row = sealed(event, AuditAnchor(number=last.number, hash=last.hash) if last else None)
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    connection.execute(insert(audit), values | {"detail": canonical_detail(row.detail)})
    return row


def page(connection: Connection, after: int) -> list[AuditRow]:
    """The next rows after a number."""
    query = select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(AT_A_TIME)
    return [_row_of(row) for row in connection.execute(query).mappings()]


def _row_of(row: RowMapping) -> AuditRow:
    detail = MappingProxyType(json.loads(row["detail"]))
    return AuditRow(**{name: row[name] for name in _COLUMNS if name != "detail"}, detail=detail)
