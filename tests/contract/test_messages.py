"""What a store refuses is said in both languages, with what to do."""

import pytest

from gevinst.app.item_port import (
    ItemFileError,
    ItemKeyError,
    ItemStateError,
    LostItemError,
    NoQueueError,
    UnknownItemError,
)
from gevinst.app.ports import (
    AlreadyRunningError,
    DecidedMeanwhileError,
    FinishedRunError,
    RunExistsError,
    StoreDamagedError,
    StoreError,
    StorePlaceError,
    StoreShareError,
    StoreVersionError,
    UnknownRunError,
)
from gevinst.app.queue_port import (
    EndedTicketError,
    LostClaimError,
    LostLeadError,
    UnknownTicketError,
    UnsettledDeliveryError,
    UpkeepError,
)
from gevinst.domain.queue import TicketState
from gevinst.domain.run import RunState
from gevinst.domain.work_item import ItemState
from gevinst.texts import Language, Texts
from runs import MORNING, a_run

REFUSALS: list[StoreError] = [
    AlreadyRunningError(running=a_run(), holder="host:4711", seen=MORNING),
    FinishedRunError(run_id="run-1", state=RunState.AGREED),
    UnknownRunError(run_id="run-1"),
    RunExistsError(run_id="run-1"),
    StoreVersionError(database="store.db", found="9999", known="0001"),
    StorePlaceError(database="store.db", cause="read-only"),
    StoreDamagedError(database="store.db", cause="malformed"),
    StoreShareError(database="store.db"),
    DecidedMeanwhileError(robot="hovedkonto", number=7),
    LostClaimError(run_id="run-1", token=2),
    UnknownTicketError(ticket="run-1"),
    EndedTicketError(ticket="run-1", state=TicketState.DONE),
    LostLeadError(fence=3),
    UpkeepError(database="store.db", cause="exists"),
    UnsettledDeliveryError(key="journal:hovedkonto:2026-10", run_id="run-1"),
    LostItemError(number=17, token=2),
    UnknownItemError(item="17"),
    ItemStateError(item="17", state=ItemState.DONE),
    ItemKeyError(queue="faktura", field="invoice"),
    ItemFileError(file="bilag.pdf", size=20_000_001, most=20_000_000),
    NoQueueError(key="gives"),
]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: str(refusal.code))
def test_each_refusal_has_a_sentence_with_its_facts(refusal: StoreError, language: Language) -> None:
    sentence = Texts(language).get(f"error.{refusal.code}", **refusal.facts)

    assert str(next(iter(refusal.facts.values()))) in sentence


def test_each_kind_of_refusal_has_its_own_code_and_a_test() -> None:
    assert {type(refusal) for refusal in REFUSALS} == set(StoreError.__subclasses__())
    assert len({refusal.code for refusal in REFUSALS}) == len(REFUSALS)
