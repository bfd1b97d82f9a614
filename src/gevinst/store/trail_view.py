"""The audit trail as a page shows it: newest rows first, read backwards so that no page reads it all."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select

from gevinst.app.trail_search import TrailQuestion, is_asked
from gevinst.domain.audit import AuditRow
from gevinst.store import trail
from gevinst.store.engine import Database
from gevinst.store.schema import audit


class SqlTrailView:
    """See app.trail_search.TrailView."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_number(self, what: Collection[str]) -> int:
        """See TrailView."""
        query = select(audit.c.number).where(audit.c.what.in_(what)).order_by(audit.c.number.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or 0

    def newest(self, question: TrailQuestion, *, before: int | None, limit: int) -> Sequence[AuditRow]:
        """See TrailView. SQL asks for no less than is asked for; each row is then looked at."""
        found: list[AuditRow] = []
        with self._database.reading() as connection:
            while len(found) < limit:
                rows = trail.page_before(connection, before, _where(question))
                found += [row for row in rows if is_asked(row, question)]
                if len(rows) < trail.AT_A_TIME:
                    break
                before = rows[-1].number
        return found[:limit]


def _where(question: TrailQuestion) -> list[ColumnElement[bool]]:
    wanted = []
    if question.first:
        wanted.append(audit.c.at >= question.first)
    if question.last:
        wanted.append(audit.c.at <= question.last)
    if question.who:
        wanted.append(audit.c.who == question.who)
    if question.what:
        below = audit.c.what.startswith(f"{question.what}.", autoescape=True)
        wanted.append(or_(audit.c.what == question.what, below))
    if question.robot.isascii() and question.robot:  # JSON writes other letters in another way
        columns = (audit.c.subject, audit.c.detail)
        wanted.append(or_(*(one.contains(question.robot, autoescape=True) for one in columns)))
    return wanted
