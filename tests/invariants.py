"""What must hold after any history of claims, runs, deliveries and moments, and a recorder of that history.

The recorder is made of triggers in the database, so that it sees what each process did, also one that was
killed a moment later, and needs no help from the program. The checker reads what it wrote: no occurrence
twice, none lost, each ticket in one final state, no two runs of a lane at once, nothing delivered twice, the
audit trail whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import text

from gevinst.domain.audit import verify
from gevinst.domain.queue import TicketState
from gevinst.domain.run import RunState
from gevinst.store.engine import Database
from gevinst.store.opening import StoreParts

FINAL_TICKETS = {TicketState.DONE, TicketState.FAILED, TicketState.STOPPED, TicketState.UNCERTAIN}
ENDED_RUNS = set(RunState) - {RunState.PLANNED, RunState.QUEUED, RunState.RUNNING}
STEPS_OF_A_DELIVERY = {
    ("", "prepared"),
    ("prepared", "delivered"),
    ("prepared", "dropped"),
    ("prepared", "uncertain"),
    ("prepared", "held"),
    ("uncertain", "dropped"),
    ("held", "prepared"),
    ("held", "delivered"),
    ("held", "dropped"),
}
#: Table, what names a row, what of it is followed, the token of a claim, the lane.
WATCHED = (
    ("ticket", "number", "state", "attempt", "lane"),
    ("run", "run_id", "state", "0", "''"),
    ("delivery", "key", "state", "0", "run_id"),
    ("occurrence", "robot || '@' || {}.nominal", "state", "0", "run_id"),
)
MAKE_SQLITE = "CREATE TABLE history (seq INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"
MAKE_POSTGRESQL = "CREATE TABLE history (seq BIGSERIAL PRIMARY KEY, {columns})"
COLUMNS = "what TEXT, id TEXT, old TEXT, new TEXT, token INTEGER, lane TEXT"
ON_POSTGRESQL = """
CREATE FUNCTION history_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before TEXT;
BEGIN
    IF TG_OP = 'INSERT' THEN before = ''; ELSE before = OLD.{state}; END IF;
    IF before <> NEW.{state} THEN
        INSERT INTO history (what, id, old, new, token, lane)
        VALUES ('{table}', ({name})::text, before, NEW.{state}, {words});
    END IF;
    RETURN NULL;
END $$
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change that a transaction has made."""

    seq: int
    what: str  #: table
    id: str
    old: str  #: state before; "" for a new row
    new: str
    token: int  #: of a ticket's claim
    lane: str  #: of a ticket; the run of a delivery or an occurrence


def record_history(database: Database) -> None:
    """Write down each change of state from now on, once for a database."""
    dialect = database.engine.dialect.name
    make = MAKE_SQLITE if dialect == "sqlite" else MAKE_POSTGRESQL
    with database.writing() as connection:
        connection.execute(text(make.format(columns=COLUMNS)))
        for statement in (_on_sqlite if dialect == "sqlite" else _on_postgresql)():
            connection.execute(text(statement))


def history(database: Database) -> list[Step]:
    """What was written down, in its order."""
    with database.reading() as connection:
        found = connection.execute(text("SELECT * FROM history ORDER BY seq")).mappings()
        return [Step(**{name: row[name] for name in Step.__dataclass_fields__}) for row in found]


def broken_laws(parts: StoreParts, steps: Sequence[Step] = (), *, delivered: Path | None = None) -> list[str]:
    """What does not hold, in words; none when all is well.

    Args:
        parts: the store.
        steps: the recorded history; without one, only what the tables say at the end.
        delivered: a folder with a file `journal-TICKET-RUN.txt` for each delivery that stands.
    """
    found = [f"trail: {fault}" for fault in verify(list(parts.runs.audit_rows()))]
    found += _tickets_that_did_not_end_well(parts, delivered)
    found += _occurrences_that_were_lost(parts)
    by_row = _by_row(steps)
    for (what, name), of_row in by_row.items():
        found += [f"{what} {name}: {words}" for words in CHECKS[what](of_row)]
    return found + list(_overlaps_in_a_lane(steps))


def _by_row(steps: Iterable[Step]) -> dict[tuple[str, str], list[Step]]:
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for one in steps:
        found[one.what, one.id].append(one)
    return found


def _breaks(steps: Sequence[Step]) -> Iterator[str]:
    """A state that does not follow from the one before: a change that was not seen, or a row made twice."""
    if steps[0].old:
        yield f"begins in {steps[0].old}"
    for one, later in pairwise(steps):
        if one.new != later.old:
            yield f"{one.new} is followed by {later.old} → {later.new}"


def _ticket_laws(steps: Sequence[Step]) -> Iterator[str]:
    yield from _breaks(steps)
    for one in steps:
        if one.old in FINAL_TICKETS:
            yield f"left its end: {one.old} → {one.new}"
        if one.new == TicketState.CLAIMED and one.old != TicketState.WAITING:
            yield f"claimed while {one.old}"
    tokens = [one.token for one in steps if one.new == TicketState.CLAIMED]
    if tokens != list(range(1, len(tokens) + 1)):
        yield f"tokens {tokens}"
    if steps[-1].new not in FINAL_TICKETS:
        yield f"not ended: {steps[-1].new}"


def _run_laws(steps: Sequence[Step]) -> Iterator[str]:
    yield from _breaks(steps)
    if steps[-1].new not in ENDED_RUNS:
        yield f"not ended: {steps[-1].new}"
    ends = [one.new for one in steps if one.new in ENDED_RUNS]
    if len(ends) > 1:
        yield f"ended {len(ends)} times: {ends}"


def _delivery_laws(steps: Sequence[Step]) -> Iterator[str]:
    for one in steps:
        if (one.old, one.new) not in STEPS_OF_A_DELIVERY:
            yield f"{one.old} → {one.new}"
    if sum(one.new == "delivered" for one in steps) > 1:
        yield "delivered twice"


def _occurrence_laws(steps: Sequence[Step]) -> Iterator[str]:
    if len(steps) > 1:
        yield f"decided {len(steps)} times"


CHECKS = {
    "ticket": _ticket_laws,
    "run": _run_laws,
    "delivery": _delivery_laws,
    "occurrence": _occurrence_laws,
}


def _overlaps_in_a_lane(steps: Iterable[Step]) -> Iterator[str]:
    """Two runs of one lane at once: two robots logged in as one user."""
    holder: dict[str, str] = {}
    for one in steps:
        if one.what != "ticket" or not one.lane:
            continue
        if one.new == TicketState.CLAIMED:
            if holder.get(one.lane, one.id) != one.id:
                yield f"lane {one.lane}: {one.id} was claimed while {holder[one.lane]} was"
            holder[one.lane] = one.id
        elif one.old == TicketState.CLAIMED:
            holder.pop(one.lane, None)


def _tickets_that_did_not_end_well(parts: StoreParts, delivered: Path | None) -> Iterator[str]:
    runs = {run.run_id: run.state for run in parts.runs.list(limit=100_000)}
    for ticket in parts.queue.tickets(limit=100_000):
        ids = [ticket.order.run_id, *(f"{ticket.order.run_id}-{n}" for n in range(2, ticket.attempt + 1))]
        done = [each for each in ids if runs.get(each) in (RunState.AGREED, RunState.OPEN_ITEMS)]
        if ticket.state not in FINAL_TICKETS:
            yield f"{ticket.number}: not ended: {ticket.state}"
        if len(done) > 1:
            yield f"{ticket.number}: done twice: {done}"
        if any(runs.get(each) is RunState.RUNNING for each in ids):
            yield f"{ticket.number}: runs still"
        if ticket.state is TicketState.DONE and not any(each in runs for each in ids):
            yield f"{ticket.number}: done without a run"
        if delivered is not None:
            yield from _wrong_deliveries(ticket.number, ticket.state, delivered)
    if delivered is not None:
        yield from (f"left behind: {path.name}" for path in delivered.glob(".gevinst-*"))


def _wrong_deliveries(number: int, state: TicketState, folder: Path) -> Iterator[str]:
    copies = list(folder.glob(f"journal-{number}-*.txt"))
    if state is TicketState.DONE and len(copies) != 1:
        yield f"{number}: done with {len(copies)} deliveries"
    if len(copies) > 1:
        yield f"{number}: delivered twice"


def _occurrences_that_were_lost(parts: StoreParts) -> Iterator[str]:
    """A moment that was offered has a ticket; one that was missed has a run that says so."""
    tickets = {ticket.order.run_id for ticket in parts.queue.tickets(limit=100_000)}
    runs = {run.run_id for run in parts.runs.list(limit=100_000)}
    for one in parts.clock.occurrences(limit=100_000):
        if one.state == "offered" and one.run_id not in tickets:
            yield f"{one.robot} {one.nominal}: offered without a ticket"
        if one.state == "missed" and one.run_id not in runs:
            yield f"{one.robot} {one.nominal}: missed without a run"


def _on_sqlite() -> Iterator[str]:
    insert = "INSERT INTO history (what, id, old, new, token, lane) VALUES"
    for table, name, state, token, lane in WATCHED:
        words = [_of_new(each) for each in (name, token, lane)]
        row = f"{insert} ('{table}', {words[0]}, {{old}}, NEW.{state}, {words[1]}, {words[2]});"
        made = row.format(old="''")
        changed = row.format(old=f"OLD.{state}")
        yield f"CREATE TRIGGER history_{table}_new AFTER INSERT ON {table} BEGIN {made} END"
        yield (
            f"CREATE TRIGGER history_{table} AFTER UPDATE OF {state} ON {table} "
            f"WHEN OLD.{state} <> NEW.{state} BEGIN {changed} END"
        )


def _on_postgresql() -> Iterator[str]:
    for table, name, state, token, lane in WATCHED:
        words = ", ".join(_of_new(each) for each in (token, lane))
        yield ON_POSTGRESQL.format(table=table, state=state, name=_of_new(name), words=words)
        yield (
            f"CREATE TRIGGER history_{table} AFTER INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION history_{table}()"
        )


def _of_new(words: str) -> str:
    """A column of the new row; what is no name of a column stays as it is."""
    return words if words in ("0", "''") else f"NEW.{words.format('NEW')}"
