"""Credit the gain of a flow: each business item that it handled, once, by case type."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gevinst.app.credit_gain import write_credits
from gevinst.app.ports import RunStore
from gevinst.app.run_report import GainFact
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run


def credit_flow(
    run: Run, robot: Robot, done: Mapping[str, Sequence[str]], store: RunStore, *, at: datetime
) -> GainFact | None:
    """Write a run's credits to the gain ledger.

    Args:
        run: with the state that it ends in.
        robot: with its gain card; without one there is no gain to speak of.
        done: keys of the handled items by case type; a type that the card does not have is not credited.
        store: with the ledger.
        at: now, UTC.
    """
    card = robot.gain
    if card is None:
        return None
    if run.environment is not Environment.PRODUCTION:
        return GainFact(note=str(run.environment))
    items = {
        kind: [f"{robot.id}:{run.period}:{key}" for key in keys]
        for kind, keys in done.items()
        if kind in card.case_types
    }
    return write_credits(run, card, items, store, at=at)
