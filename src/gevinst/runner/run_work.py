"""What a run has besides its flow: secrets it is given, items it works on, and how far it has come."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gevinst.app.item_port import ItemBook
from gevinst.app.item_report import ItemReport
from gevinst.app.ports import FinishedRunError, RunStore
from gevinst.app.progress import ProgressBook
from gevinst.domain.progress import Progress
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run, RunState
from gevinst.domain.work_item import Failure, FailureKind, ItemTally

RUN_ENDED = Failure(kind=FailureKind.APPLICATION, code="run_ended")


@dataclass(frozen=True, kw_only=True)
class RunWork:
    """What the runner needs for it from outside."""

    secrets: Callable[[Robot], Mapping[str, Mapping[str, str]]]  #: ConfigurationError when one is missing
    items: ItemBook
    progress: ProgressBook
    credit: Callable[[Run, Robot], str]  #: credits the items that are done; net minutes, "" for no gain card
    conclude: Callable[[ItemTally], str]  #: in one sentence, Danish
    write: Callable[[Path, ItemReport], None]  #: the page of a run of items; OSError on a full disk
    tell: Callable[[Progress], object]  #: called with how far a run has come
    errors: tuple[type[Exception], ...]  #: what a database that does not answer for a while raises

    def noticed(self, run: Run, said: Mapping[str, Any], at: datetime) -> None:
        """Keep how far a run has come; a database that does not answer keeps no run from its work."""
        total = said.get("total")
        found = Progress(
            run_id=run.run_id,
            phase=str(said.get("phase", "")),
            done=int(said.get("done") or 0),
            total=int(total) if total is not None else None,
            at=at,
        )
        with suppress(*self.errors):
            self.progress.note(found)
        self.tell(found)

    def let_go(self, run: Run, robot: Robot) -> None:
        """Give back what a run that has ended still holds, and forget how far it had come.

        That a person stopped it is no failure of the items.
        """
        self.progress.forget(run.run_id)
        if robot.items:
            self.items.give_back(run.run_id, None if run.state is RunState.STOPPED else RUN_ENDED)
            self.items.drop_drafts(run.run_id)

    def closed(self, run: Run, robot: Robot, *, store: RunStore, folder: Path, at: datetime) -> Run:
        """Close a run whose robot has come to its end by what it did with its items, and write its page.

        What it has taken and not released is done, as in the field's own control room.

        Raises:
            OSError: the page cannot be written; the run is not closed.
        """
        self.items.complete(run.run_id)
        tally = self.items.tally(run.run_id)
        needs_people = tally.business + tally.parked
        ended = replace(
            run,
            state=RunState.OPEN_ITEMS if needs_people else RunState.AGREED,
            ended=at,
            read=tally.ended + tally.again,
            matched=tally.done,
            open=needs_people,
            summary=self.conclude(tally),
        )
        with suppress(FinishedRunError):  # another has closed it meanwhile: so it stays
            ended = replace(ended, minutes_saved=self.credit(ended, robot))
            items = self.items.items_of_run(run.run_id)
            self.write(folder, ItemReport(run=ended, robot=robot, tally=tally, items=items))
            store.finish(ended)
        return store.find(run.run_id) or ended
