"""The statements that take and finish work items; made once, since making one costs more than running it."""

from datetime import timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, Dialect, Update, bindparam, exists, literal_column, select, update

from gevinst.domain.work_item import ItemClaim, ItemState
from gevinst.store.item_schema import work_item
from gevinst.store.one_statement import Statement, Values
from gevinst.store.queue_schema import moment_of_database

# In the text of a query, so that SQLite sees that a partial index fits.
WAITING: ColumnElement[str] = literal_column("'waiting'")
CLAIMED: ColumnElement[str] = literal_column("'claimed'")
# A limit that is a parameter makes PostgreSQL plan the statement anew each time, at the price of running it.
ONE: ColumnElement[int] = literal_column("1")

_item = work_item.c


@lru_cache
def taking(of: Dialect, lease: timedelta) -> Statement:
    """Claims the item that is next in `of_queue` for `new_owner`, and gives the claim."""
    return Statement(_taking(of.name, lease), of)


@lru_cache
def finished(of: Dialect) -> Statement:
    """Finishes the item of a claim."""
    return Statement(finishing(of.name), of)


@lru_cache
def finished_and_taking(of: Dialect, lease: timedelta) -> Statement:
    """Both in one statement, for PostgreSQL; when the claim is void nothing is taken."""
    done = finishing(of.name).returning(_item.number).cte("done")
    return Statement(_taking(of.name, lease).where(exists(select(done.c.number))), of)


def taking_values(queue: str, owner: str) -> Values:
    """Open parameters of `taking`."""
    return {"of_queue": queue, "new_owner": owner}


def finishing_values(claim: ItemClaim) -> Values:
    """Open parameters of `finished` and `finishing`."""
    return {"of_number": claim.number, "of_token": claim.token, "of_owner": claim.owner}


@lru_cache
def finishing(dialect: str) -> Update:
    """Finishes the item of a claim, on a connection."""
    held = (
        _item.number == bindparam("of_number"),
        _item.attempt == bindparam("of_token"),
        _item.owner == bindparam("of_owner"),
        # Only what is claimed has a lease. By its state PostgreSQL would look in the index of a run's claimed
        # items, where those that it had before are passed over one by one.
        _item.lease_until.is_not(None),
    )
    values = {"state": ItemState.DONE, "ended": moment_of_database(dialect), "lease_until": None}
    return update(work_item).where(*held).values(values)


def _taking(dialect: str, lease: timedelta) -> Update:
    first = (
        select(_item.number)
        .where(
            _item.state == WAITING,
            _item.queue == bindparam("of_queue"),
            _item.not_before <= moment_of_database(dialect),
        )
        .order_by(_item.priority, _item.deadline, _item.number)
        .limit(ONE)
        .with_for_update(skip_locked=True)
    )
    values = {
        "state": ItemState.CLAIMED,
        "attempt": _item.attempt + 1,
        "owner": bindparam("new_owner"),
        "lease_until": moment_of_database(dialect, lease),
        "started": moment_of_database(dialect),
    }
    told = (_item.number, _item.attempt, _item.owner, _item.failures, _item.tries)
    waiting = (_item.number == first.scalar_subquery(), _item.state == WAITING)
    return update(work_item).where(*waiting).values(values).returning(*told)
