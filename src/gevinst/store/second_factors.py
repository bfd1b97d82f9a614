"""Second factors and recovery codes in a database; each change with its row of the audit trail."""

from collections.abc import Collection

from sqlalchemy import delete, func, insert, select, update

from gevinst.domain.account import SecondFactor
from gevinst.domain.audit import AuditEvent
from gevinst.store import trail
from gevinst.store.account_schema import recovery_code, second_factor, session
from gevinst.store.engine import Database


class SqlFactorBook:
    """See app.second_factor.FactorBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def factor(self, user: str) -> SecondFactor | None:
        """See FactorBook."""
        query = select(second_factor).where(second_factor.c.user == user)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return SecondFactor(**row) if row else None

    def keep_factor(self, factor: SecondFactor, codes: Collection[str], event: AuditEvent) -> None:
        """See FactorBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            for table in (second_factor, recovery_code):
                connection.execute(delete(table).where(table.c.user == factor.user))
            connection.execute(insert(second_factor), vars(factor))
            if codes:
                rows = [{"user": factor.user, "code_hash": one} for one in codes]
                connection.execute(insert(recovery_code), rows)
            trail.append(connection, event)

    def take_step(self, user: str, step: int) -> bool:
        """See FactorBook."""
        later = second_factor.c.last_step < step
        taking = update(second_factor).where(second_factor.c.user == user, later).values(last_step=step)
        with self._database.writing() as connection:
            return connection.execute(taking).rowcount == 1

    def take_recovery(self, user: str, code_hash: str, event: AuditEvent) -> bool:
        """See FactorBook."""
        same = (recovery_code.c.user == user, recovery_code.c.code_hash == code_hash)
        with self._database.writing(trail.TRAIL_TURN) as connection:
            if connection.execute(delete(recovery_code).where(*same)).rowcount == 0:
                return False
            trail.append(connection, event)
            return True

    def recovery_left(self, user: str) -> int:
        """See FactorBook."""
        query = select(func.count()).select_from(recovery_code).where(recovery_code.c.user == user)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def remove_factor(self, user: str, event: AuditEvent) -> None:
        """See FactorBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            for table in (second_factor, recovery_code, session):
                connection.execute(delete(table).where(table.c.user == user))
            trail.append(connection, event)
