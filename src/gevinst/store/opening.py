"""All that is kept over one database."""

from dataclasses import dataclass

from gevinst.store.accounts import SqlAccountBook
from gevinst.store.arrivals import SqlArrivalBook
from gevinst.store.cases import SqlCaseBook
from gevinst.store.console_view import SqlConsoleView
from gevinst.store.gain_book import SqlGainBook
from gevinst.store.plan import SqlPlanBook
from gevinst.store.progress import SqlProgressBook
from gevinst.store.published import SqlPublishedBook
from gevinst.store.queue_alarms import SqlAlarmBook
from gevinst.store.queue_clock import SqlClockBook
from gevinst.store.queue_deliveries import SqlDeliveryBook
from gevinst.store.queue_tickets import SqlRunQueue
from gevinst.store.revisions import open_database
from gevinst.store.second_factors import SqlFactorBook
from gevinst.store.signatures import SqlSignatureBook
from gevinst.store.sql import SqlRunStore
from gevinst.store.trail_view import SqlTrailView
from gevinst.store.work_items import SqlItemBook


@dataclass(frozen=True, kw_only=True)
class StoreParts:
    """What is kept over one database."""

    url: str
    runs: SqlRunStore
    queue: SqlRunQueue
    clock: SqlClockBook
    alarms: SqlAlarmBook
    deliveries: SqlDeliveryBook
    items: SqlItemBook
    progress: SqlProgressBook
    arrivals: SqlArrivalBook
    gains: SqlGainBook
    accounts: SqlAccountBook
    factors: SqlFactorBook
    view: SqlConsoleView
    cases: SqlCaseBook
    signatures: SqlSignatureBook
    trail: SqlTrailView
    published: SqlPublishedBook
    plans: SqlPlanBook


def open_parts(url: str) -> StoreParts:
    """All that clock and workers keep, over one database.

    Raises:
        StoreError: see open_database.
    """
    database = open_database(url)
    return StoreParts(
        url=url,
        runs=SqlRunStore(database),
        queue=SqlRunQueue(database),
        clock=SqlClockBook(database),
        alarms=SqlAlarmBook(database),
        deliveries=SqlDeliveryBook(database),
        items=SqlItemBook(database),
        progress=SqlProgressBook(database),
        arrivals=SqlArrivalBook(database),
        gains=SqlGainBook(database),
        accounts=SqlAccountBook(database),
        factors=SqlFactorBook(database),
        view=SqlConsoleView(database),
        cases=SqlCaseBook(database),
        signatures=SqlSignatureBook(database),
        trail=SqlTrailView(database),
        published=SqlPublishedBook(database),
        plans=SqlPlanBook(database),
    )
