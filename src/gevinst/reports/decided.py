"""What people have decided, as a run page tells it: what was followed, and what could not be."""

from collections.abc import Iterator

from gevinst.app.run_report import RunReport
from gevinst.domain.decision import Decision, DecisionKind
from gevinst.domain.masking import mask_cpr
from gevinst.texts import Texts


def of_people(note: str) -> bool:
    """Whether a note of the engine is about decisions and budgets, and not about how far it has searched."""
    return note == "over_budget" or note.startswith("decision_")


def decision_lines(report: RunReport, texts: Texts) -> list[str]:
    """One line for each budget exceeded, each decision that could not be followed, and each that was."""
    return [*_notes(report, texts), *_followed(report, texts)]


def _notes(report: RunReport, texts: Texts) -> Iterator[str]:
    for key, facts in report.result.notes if report.result else ():
        if of_people(key):
            yield mask_cpr(texts.get(f"note.{key}", **facts))


def _followed(report: RunReport, texts: Texts) -> Iterator[str]:
    said = {facts.get("number") for _, facts in report.result.notes} if report.result else set()
    for one in report.decisions:
        if one.kind is not DecisionKind.NOTE and one.number not in said:
            yield mask_cpr(_line(one, texts))


def _line(one: Decision, texts: Texts) -> str:
    ends = [*one.left, *one.right]
    reason = f" {one.reason}" if one.reason else ""
    facts = {"number": one.number, "who": one.who, "day": one.at, "items": ", ".join(ends)}
    return texts.get(f"report.decided.{one.kind}", **facts) + reason
