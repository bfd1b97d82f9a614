"""The parts of a run of a flow over tables."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gevinst.app.office import Office
from gevinst.bootstrap.here import now, versions
from gevinst.formats.robot_folder import load_robot

if TYPE_CHECKING:
    from gevinst.app.flow_run import FlowRun, FlowTools
    from gevinst.app.ports import RunStore
    from gevinst.domain.robot import Robot
    from gevinst.domain.run import Run


def flow_run(of: Office, run: "Run", *, files: Mapping[str, Path], opened: "RunStore") -> "FlowRun":
    """The steps of a run over the office's robot and its flow."""
    from gevinst.app.flow_run import FlowRun  # noqa: PLC0415 - loads pandas
    from gevinst.domain.flows import flow_of  # noqa: PLC0415 - as above

    robot = load_robot(of, run.robot)
    return FlowRun(run, robot, flow_of(robot.flow), flow_tools(of, robot, opened), files=files)


def flow_tools(of: Office, robot: "Robot", opened: "RunStore") -> "FlowTools":
    """What a run of a flow needs from outside."""
    from gevinst.app.flow_run import FlowTools  # noqa: PLC0415 - loads pandas
    from gevinst.bootstrap.gains import keep_card  # noqa: PLC0415 - as above
    from gevinst.bootstrap.work import deliver, sent_files  # noqa: PLC0415 - as above
    from gevinst.formats.kmd_opus import WRITERS  # noqa: PLC0415 - loads lxml
    from gevinst.formats.table_source import read_tables  # noqa: PLC0415 - as above
    from gevinst.reports.flow_evidence import write_flow_reports  # noqa: PLC0415 - loads the templates
    from gevinst.reports.flow_page import flow_conclusion  # noqa: PLC0415 - as above
    from gevinst.reports.writers import file_writers  # noqa: PLC0415 - as above
    from gevinst.texts import Texts  # noqa: PLC0415 - loads the catalogue

    return FlowTools(
        office=of,
        store=opened,
        read=read_tables,
        write_reports=write_flow_reports,
        conclude=lambda report, language: flow_conclusion(report, Texts(language)),
        deliver=partial(deliver, of),
        now=now,
        versions=versions(),
        keep_card=partial(keep_card, of),
        writers={**WRITERS, **file_writers(of.language)},
        sent=partial(sent_files, of) if robot.delivery else lambda _robot, _period: (),
    )
