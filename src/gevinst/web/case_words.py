"""What the work list and a case show, as plain facts for their templates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gevinst import bootstrap
from gevinst.app.case_sheet import OPEN_STATES
from gevinst.app.cases import CaseFilter, CaseGroup, ListedCase
from gevinst.app.closing import LIKELY, REASONS, Closing
from gevinst.app.ports import CarriedItem
from gevinst.domain.case import Case, CaseItem, CaseKind
from gevinst.domain.masking import mask_cpr
from gevinst.domain.robot import Robot
from gevinst.domain.run import Run
from gevinst.texts import Texts

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts
    from gevinst.web.console import Console

MOST_ROWS = 4  # of each side; more are in the evidence


def list_facts(listed: ListedCase, texts: Texts) -> dict[str, Any]:
    """A row of the list."""
    return {
        "case": listed.case,
        "standing": listed.standing,
        "why": why_words(listed.case, texts),
        "what": mask_cpr(" · ".join(part for part in (listed.case.counterparty, listed.case.text) if part)),
        "age": max(item.age_bank_days for item in listed.case.items),
    }


def group_facts(group: CaseGroup, texts: Texts) -> dict[str, Any]:
    """Alike cases, as the list offers them."""
    return {
        "robot": group.robot,
        "cause": group.cause,
        "sums": group.sums,
        "title": cause_words(group, texts),
    }


def cause_words(of: CaseGroup | CaseFilter, texts: Texts) -> str:
    """A cause in two or three words."""
    for key in (f"report.cause.{of.cause}.bank_ledger", f"report.cause.{of.cause}", f"because.{of.cause}"):
        if texts.has(key):
            return texts.get(key)
    return texts.get("work.other_cause")


def why_words(case: Case, texts: Texts) -> str:
    """Why a case is open, in one sentence."""
    if case.kind is CaseKind.PROPOSAL:
        return texts.get("case.proposal", count=max(len(case.alternatives), 2), amount=_at_stake(case))
    others = case.items[1:] or case.suspects
    key = f"cause.{case.cause}"
    if not others and texts.has(f"{key}.alone"):
        return texts.get(f"{key}.alone")
    facts: dict[str, Any] = {
        "suspect": mask_cpr(others[0].item_id) if others else "",
        "difference": texts.amount(_apart(case.items[0], others[0])) if others else "",
        "since": case.first_period,
        "proposal": "",
    }
    return texts.get(key, **facts) if texts.has(key) else texts.get("cause.no_counterpart_bank")


def _at_stake(case: Case) -> int:
    """What one of a proposal's answers comes to: its items are those of all answers together."""
    chosen = alternatives_of(case)[:1] or [(case.items, ())]
    return max(abs(sum(item.amount for item in side)) for side in chosen[0])


def alternatives_of(case: Case) -> list[tuple[Sequence[CaseItem], Sequence[CaseItem]]]:
    """The answers of a proposal, each with its items of both sides."""
    known = {(item.side, item.item_id): item for item in case.items}

    def of(side: str, names: Sequence[str]) -> list[CaseItem]:
        return [known[side, name] for name in names]

    return [(of("left", left), of("right", right)) for left, right in case.alternatives]


def _apart(one: CaseItem, other: CaseItem) -> int:
    return abs(one.amount - other.amount)


def case_facts(listed: ListedCase, robot: Robot, parts: "StoreParts", texts: Texts) -> Mapping[str, Any]:
    """What a case's page shows, beside who looks at it."""
    case = listed.case
    sums = {side: sum(item.amount for item in case.items if item.side == side) for side in ("left", "right")}
    decisions = {one.number: one for one in parts.runs.decisions(case.robot)}
    history = parts.cases.of_counterparty(case.robot, case.counterparty) if case.counterparty else ()
    return {
        "case": case,
        "standing": listed.standing,
        "robot": robot,
        "why": why_words(case, texts),
        "sides": [
            (side, [item for item in case.items if item.side == side], sums[side])
            for side in ("left", "right")
        ],
        "difference": 0 if case.alternatives else sums["left"] - sums["right"],
        "alternatives": alternatives_of(case),
        "likely": LIKELY.get(case.cause, Closing.MATCH if case.left and case.right else None),
        "candidates": [] if case.alternatives else _candidates(parts, case),
        "decision": decisions.get(listed.standing.decision),
        "events": parts.cases.events(case.robot, case.subject),
        "history": [one for one in history if one.subject != case.subject][:10],
        "reasons": REASONS,
        "hows": list(Closing),
        "one_sided": bool(case.left) != bool(case.right),
        "open": listed.standing.state in OPEN_STATES,
    }


def stood_facts(case: Case, console: "Console", texts: Texts) -> dict[str, list[dict[str, Any]]]:
    """The rows of a case's items as they stood, by side; an item of an earlier period from its own run."""
    found: dict[str, list[dict[str, Any]]] = {"left": [], "right": []}
    own = console.parts.runs.find(case.run_id)
    runs: dict[str, Run | None] = {case.period: own}
    for item in case.items:
        if not item.file or len(found[item.side]) >= MOST_ROWS:
            continue
        if item.first_period not in runs:
            runs[item.first_period] = console.parts.view.standing(case.robot, item.first_period)
        # An open item of before the robot's first run stands in an input of the run itself.
        known = [run for run in (own, runs[item.first_period]) if run]
        kept = next(filter(None, (bootstrap.kept_row(console.office, run, item) for run in known)), None)
        run_id = known[-1].run_id if known else ""
        found[item.side].append({"place": place_words(item, texts), "kept": kept, "run_id": run_id})
    return found


def place_words(item: CaseItem, texts: Texts) -> str:
    """Where an item stood."""
    line = texts.get("case.line", line=item.line) if item.line and not item.cell else item.cell
    return ", ".join(part for part in (item.file, item.sheet, line) if part)


def _candidates(parts: "StoreParts", case: Case) -> list[CarriedItem]:
    suspects = {(item.side, item.item_id) for item in case.suspects}
    found = parts.cases.candidates(case)
    return sorted(found, key=lambda item: (str(item.side), item.item_id) not in suspects)
