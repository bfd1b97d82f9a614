"""Signatures in a database."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select

from gevinst.domain.audit import AuditEvent
from gevinst.domain.signature import Signature, SignatureKind
from gevinst.store import trail, witness
from gevinst.store.console_schema import signature as table
from gevinst.store.engine import Database

_COLUMNS = tuple(field.name for field in fields(Signature))


class SqlSignatureBook:
    """See app.signing.SignatureBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_account(self, account: str, period: str) -> Sequence[Signature]:
        """See SignatureBook."""
        return self._found(select(table).where(table.c.account == account, table.c.period == period))

    def of_period(self, period: str) -> Sequence[Signature]:
        """See SignatureBook."""
        return self._found(select(table).where(table.c.period == period))

    def stale(self, today: date) -> Sequence[Signature]:
        """See SignatureBook."""
        last = select(func.max(table.c.number)).group_by(table.c.account, table.c.period)
        over = table.c.number.in_(last) & (table.c.expected < today) & (table.c.kind != SignatureKind.REOPEN)
        found = self._found(select(table).where(over))
        return sorted(found, key=lambda one: (one.expected or today, one.account))

    def sign(self, signature: Signature, event: AuditEvent, *, seen: int) -> bool:
        """See SignatureBook."""
        same = (table.c.account == signature.account, table.c.period == signature.period)
        with self._database.writing(trail.TRAIL_TURN) as connection:
            if connection.execute(select(func.count()).where(*same)).scalar_one() != seen:
                return False
            connection.execute(insert(table), {name: getattr(signature, name) for name in _COLUMNS})
            witness.append(connection, event, table)
            return True

    def _found(self, query: Select[Any]) -> Sequence[Signature]:
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(table.c.number)).mappings()
            return [_signature_of(row) for row in found]


def _signature_of(row: RowMapping) -> Signature:
    return Signature(**{name: row[name] for name in _COLUMNS})
