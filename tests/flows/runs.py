"""Runs of a flow over a folder of files, for tests: real readers, a store in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from gevinst.app.flow_run import FlowRun, FlowTools
from gevinst.app.office import Office
from gevinst.bootstrap import office
from gevinst.domain.flow import Flow
from gevinst.domain.flows import flow_of
from gevinst.domain.robot import People, Phase, Robot, Source
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.formats.kmd_opus import WRITERS
from gevinst.formats.robot_folder import load_robot
from gevinst.formats.table_source import read_tables
from gevinst.reports.flow_evidence import write_flow_reports
from gevinst.reports.flow_page import flow_conclusion
from gevinst.reports.writers import file_writers
from gevinst.store.memory import MemoryRunStore
from gevinst.texts import Texts

PERIOD = "2026-10"


def flow_run(
    flow: Flow, case: Path, *, settings: Mapping[str, Any], now: datetime, period: str = PERIOD
) -> FlowRun:
    """A run whose sources are the files `<source>*` of a case, or the folder `<source>/`."""
    robot = Robot(
        id="robot",
        title={"da": "Robot"},
        flow=flow.id,
        phase=Phase.PRODUCTION,
        people=People(process_owner="Leder", benefit_owner="Chef", controller_group="Regnskab"),
        sources={name: _source(name, case) for name in flow.sources if _there(name, case)},
        settings=settings,
        version="1",
    )
    run = Run(
        run_id=f"{now:%Y%m%dT%H%M%S}-robot",
        robot=robot.id,
        robot_version="1",
        period=period,
        environment=Environment.PRODUCTION,
        trigger=Trigger.MANUAL,
        triggered_by="test",
        state=RunState.RUNNING,
        started=now,
    )
    store = MemoryRunStore()
    store.start(run)
    return FlowRun(run, robot, flow, _tools(case, store, now), files={})


def shipped_run(robot_id: str, data: Path, *, now: datetime, period: str = PERIOD) -> FlowRun:
    """A run of one of our own robots, as its robot.toml has it, over an office's data folder."""
    robot = load_robot(office(), robot_id)
    run = flow_run(flow_of(robot.flow), data, settings=robot.settings, now=now, period=period)
    run.robot = replace(run.robot, sources=robot.sources)
    return run


def noting(left: list[Path]) -> Callable[..., Sequence[str]]:
    """A deliverer that notes the folders whose files it was to hand out."""

    def deliver(*given: Any, **_totals: Any) -> Sequence[str]:
        left.append(given[-1])
        return ()

    return deliver


def _there(name: str, case: Path) -> bool:
    return (case / name).is_dir() or any(case.glob(f"{name}.*"))


def _source(name: str, case: Path) -> Source:
    if (case / name).is_dir():
        return Source(name=name, path=f"{name}/*")
    return Source(name=name, path=next(case.glob(f"{name}.*")).name)


def _tools(case: Path, store: MemoryRunStore, now: datetime) -> FlowTools:
    tested = Office(
        name="Prøvekommunen",
        language="da",
        data=case,
        robots=case,
        tasks=case,
        layouts=case,
        database="",
    )
    return FlowTools(
        office=tested,
        store=store,
        read=read_tables,
        write_reports=write_flow_reports,
        conclude=lambda report, language: flow_conclusion(report, Texts(language)),
        deliver=lambda *_parts, **_totals: (),
        now=lambda: now,
        versions={},
        writers={**WRITERS, **file_writers()},
    )
