"""Proposals with all their candidates: what the robot would not choose between."""

from dataclasses import dataclass

from gevinst.app.run_report import RunReport
from gevinst.domain.reconciliation import Proposal, Side
from gevinst.reports.items import Item, ItemBook, item_book
from gevinst.reports.sentences import proposal_because
from gevinst.texts import Texts


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One of the answers."""

    left: tuple[Item, ...]
    right: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """One proposal."""

    number: int  #: counted from 1, as people count
    because: str
    left: tuple[Item, ...]
    right: tuple[Item, ...]
    alternatives: tuple[Alternative, ...]  #: best first


def doubts(report: RunReport, texts: Texts, most: int | None = None) -> list[Doubt]:
    """The proposals in their order, all or the first few."""
    if report.result is None:
        return []
    items = item_book(report.result)
    return [_doubt(proposal, items, texts) for proposal in report.result.proposals[:most]]


def _doubt(proposal: Proposal, items: ItemBook, texts: Texts) -> Doubt:
    return Doubt(
        number=proposal.number + 1,
        because=proposal_because(proposal, items, texts),
        left=tuple(items.find_all(Side.LEFT, proposal.left)),
        right=tuple(items.find_all(Side.RIGHT, proposal.right)),
        alternatives=tuple(
            Alternative(
                left=tuple(items.find_all(Side.LEFT, left)), right=tuple(items.find_all(Side.RIGHT, right))
            )
            for left, right in proposal.alternatives
        ),
    )
