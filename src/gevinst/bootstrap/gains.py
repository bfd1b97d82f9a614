"""The parts of gains: cards, the book of measurements and answers, and the report."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gevinst.app.office import Office
from gevinst.bootstrap.here import now, store, today, user
from gevinst.domain.gain_settings import GainSettings

if TYPE_CHECKING:
    from gevinst.app.gain_answer import Wish
    from gevinst.app.gain_cost import SpentTime
    from gevinst.app.gain_ports import GainBook, Samples
    from gevinst.app.gain_report import GainTools
    from gevinst.domain.gain_plan import BusinessCase, Idea
    from gevinst.domain.gain_records import QuarterAnswer
    from gevinst.domain.gain_report import GainReport
    from gevinst.domain.gains import GainCard
    from gevinst.domain.robot import Robot
    from gevinst.formats.gain_sheet import TimeColumns


@lru_cache(maxsize=4)
def _book(url: str) -> "GainBook":
    from gevinst.store import open_gains  # noqa: PLC0415 - loads SQLAlchemy

    return open_gains(url)


def gain_book(of: Office) -> "GainBook":
    """What the office keeps of gains beside the ledger."""
    of.data.mkdir(parents=True, exist_ok=True)
    return _book(of.database)


def gain_settings(of: Office) -> GainSettings:
    """What the office has decided about gains.

    Raises:
        SettingsError: see formats.gain_settings.read_gain_settings.
    """
    from gevinst.formats.gain_settings import read_gain_settings  # noqa: PLC0415 - loads pydantic

    return read_gain_settings(of.robots.parent)


def keep_card(of: Office, card: "GainCard") -> bool:
    """Keep a robot's card as it is used now, if it is a new version; says whether it was."""
    from gevinst.domain.gain_card import card_values  # noqa: PLC0415 - only what counts gains needs it
    from gevinst.domain.gain_records import KeptCard  # noqa: PLC0415

    kept = KeptCard(robot=card.robot, version=card.version, content=card_values(card), who=user(), at=now())
    return gain_book(of).keep_card(kept)


def samples(of: Office) -> "Samples":
    """Samples of the robots' work that people have checked."""
    from gevinst.app.samples import KeptSamples  # noqa: PLC0415 - only reports need it

    return KeptSamples(store(of))


def _every_robot(of: Office) -> "list[Robot]":
    """All robots of the office; one that cannot be read stops the report, which would lack its hours.

    Raises:
        ConfigurationError: see formats.robot_folder.load_robot.
    """
    from gevinst.formats.robot_folder import load_robot, robot_ids  # noqa: PLC0415 - loads pydantic

    return [load_robot(of, one) for one in robot_ids(of)]


def gain_tools(of: Office) -> "GainTools":
    """What the gain report needs from outside."""
    from gevinst.app.gain_report import GainTools  # noqa: PLC0415 - only reports need it

    return GainTools(
        office=of.name,
        store=store(of),
        book=gain_book(of),
        samples=samples(of),
        settings=gain_settings(of),
        today=today(),
        every=_every_robot(of),
    )


def gain_report(of: Office, months: Sequence[str] = ()) -> "GainReport":
    """The gains of the office's robots over some months; without them, the last four whole quarters.

    Raises:
        GainError, SettingsError: see app.gain_report.gain_report.
    """
    from gevinst.app.gain_report import default_months, gain_report as make  # noqa: PLC0415, I001 - as above

    tools = gain_tools(of)
    return make(_every_robot(of), months or default_months(tools.today), tools)


def write_gain_report(of: Office, report: "GainReport", folder: Path, language: str) -> list[Path]:
    """Write the report's pages, workbook, lists and data; gives their paths, the page first."""
    from gevinst.reports.gain_files import write_gain_report as write  # noqa: PLC0415 - loads the templates

    return write(report, _every_robot(of), folder, language)


def gain_values(report: "GainReport") -> "dict[str, Any]":
    """The report as JSON values."""
    from gevinst.reports.gain_json import gain_json  # noqa: PLC0415 - as above

    return gain_json(report)


def gain_lead(report: "GainReport", language: str) -> str:
    """What the report comes to, in a few lines of a language."""
    from gevinst.reports.gain_words import GainWords, lead_of  # noqa: PLC0415 - as above
    from gevinst.texts import Texts  # noqa: PLC0415

    lead = lead_of(report, GainWords(Texts(language)))
    return "\n".join(filter(None, (lead.headline, lead.detail, lead.action)))


def answer_quarter(of: Office, robot: "Robot", wish: "Wish") -> "QuarterAnswer":
    """Keep a benefit owner's answer for a quarter; see app.gain_answer.answer_quarter."""
    from gevinst.app.gain_answer import answer_quarter as answer  # noqa: PLC0415 - loads the report

    return answer(wish, robot, gain_tools(of))


def enter_cost(of: Office, robot: "Robot", spent: "SpentTime") -> Decimal:
    """Enter time that people spent; see app.gain_cost.enter_cost."""
    from gevinst.app.gain_cost import enter_cost as enter  # noqa: PLC0415 - loads the report

    return enter(spent, robot, gain_tools(of))


def read_time_sheet(path: Path, columns: "TimeColumns", sheet: str) -> list[Decimal]:
    """Minutes from a time sheet; see formats.gain_sheet.read_time_sheet."""
    from gevinst.formats.gain_sheet import read_time_sheet as read  # noqa: PLC0415 - loads the readers

    return read(path, columns, sheet)


def write_baseline(of: Office, robot: str, table: str, lines: Sequence[str]) -> Path:
    """Write a measured baseline into a robot's file; see formats.gain_write.write_baseline."""
    from gevinst.formats.gain_write import write_baseline as write  # noqa: PLC0415 - rarely needed

    return write(of.robots / robot, table, lines)


def business_case(of: Office, idea: "Idea") -> "BusinessCase":
    """Weigh an idea by the office's settings; see app.gain_plan.weigh_idea."""
    from gevinst.app.gain_plan import weigh_idea  # noqa: PLC0415 - rarely needed

    return weigh_idea(idea, gain_settings(of), today())


def write_plan(case: "BusinessCase", folder: Path) -> list[Path]:
    """Write a business case; see reports.gain_plan_page.write_plan."""
    from gevinst.reports.gain_plan_page import write_plan as write  # noqa: PLC0415 - loads the templates

    return write(case, folder)


def plan_values(case: "BusinessCase") -> dict[str, Any]:
    """A business case as JSON values."""
    from gevinst.reports.gain_plan_page import plan_json  # noqa: PLC0415 - loads the templates

    return plan_json(case)


def plan_words(case: "BusinessCase", language: str) -> str:
    """The verdict on an idea in a few lines of a language."""
    from gevinst.reports.gain_plan_page import plan_lead  # noqa: PLC0415 - loads the templates
    from gevinst.reports.gain_words import GainWords  # noqa: PLC0415
    from gevinst.texts import Texts  # noqa: PLC0415

    lead = plan_lead(case, GainWords(Texts(language)))
    return f"{lead.headline}\n{lead.detail}\n{lead.action}"
