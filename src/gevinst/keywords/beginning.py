"""The run that a suite works on: the one that our runner has started, or one of its own."""

import os
from pathlib import Path

from gevinst import bootstrap
from gevinst.app.begin_run import begin, replacing
from gevinst.app.office import Office
from gevinst.app.ports import RunStore
from gevinst.app.start_run import default_period, new_run
from gevinst.bootstrap.evidence import note_robot, seal_at_exit
from gevinst.domain.run import Run, Trigger
from gevinst.formats.robot_folder import load_robot
from gevinst.runner.child_settings import RUN_SETTING


def started_run(office: Office, store: RunStore, robot: str, *, period: str, folder: Path) -> Run:
    """The run that our runner has started; under plain `robot` and other tool chains, one begun here.

    Raises:
        ConfigurationError: see app.start_run.new_run.
        AlreadyRunningError: a run of the same robot and period has not ended.
    """
    return store.find(os.environ.get(RUN_SETTING, "")) or _begun_here(
        office, store, robot, period=period, folder=folder
    )


def _begun_here(office: Office, store: RunStore, robot: str, *, period: str, folder: Path) -> Run:
    now = bootstrap.now()
    run = new_run(
        load_robot(office, robot),
        period=period or default_period(bootstrap.today()),
        trial=False,
        trigger=Trigger.MANUAL,
        user=bootstrap.user(),
        now=now,
    )
    run = replacing(run, store)
    begin(run, store, holder=bootstrap.holder(), gone=bootstrap.holder_is_gone, at=now)
    note_robot(office, store, run)
    seal_at_exit(office, store, run, folder)
    return run
