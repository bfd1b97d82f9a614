"""`result.json`: the result for machines. The contract is docs/reference/result.md and result.schema.json."""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from gevinst.app.run_report import RunReport, SourceFact
from gevinst.domain.decision import Decision
from gevinst.domain.finding import Finding
from gevinst.domain.masking import mask_cpr
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import (
    Bridge,
    ItemState,
    Proposal,
    Reconciliation,
    Side,
    SideTotals,
    Tally,
)
from gevinst.domain.run import Run
from gevinst.domain.source import Assumption
from gevinst.reports.items import Item, ItemBook, item_book, items_of
from gevinst.reports.run_json import run_facts
from gevinst.reports.sentences import (
    Group,
    assumption_words,
    because,
    cause,
    conclusion,
    finding_words,
    group_rows,
    proposal_because,
)
from gevinst.texts import Language, Texts

CONTRACT = "gevinst-result/1"
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def result_json(report: RunReport) -> dict[str, Any]:
    """The result as plain values. Amounts are integer øre, days ISO 8601; only `run` holds times.

    Ids are as in the file, or `row:N` where the file has none.
    """
    parts = _parts(report)
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in parts.items()}


def result_text(report: RunReport) -> Iterator[str]:
    """The result as JSON text in pieces; each element of a list has its own line.

    Groups are made as they are written: those of a large account take more room than all else of its run.
    """
    yield "{\n"
    for number, (name, value) in enumerate(_parts(report).items()):
        yield f"{',' if number else ' '}{_compact(name)}: "
        if isinstance(value, list | Iterator):
            yield from _list_text(value)
        else:
            yield f"{_compact(value)}\n"
    yield "}\n"


def _list_text(values: Iterable[Any]) -> Iterator[str]:
    before = "[\n  "
    for value in values:
        yield before + _compact(value)
        before = "\n ,"
    yield "\n ]\n" if before == "\n ," else "[]\n"


def _parts(report: RunReport) -> dict[str, Any]:
    """The document, with its groups as an iterator."""
    danish, english = Texts(Language.DANISH), Texts(Language.ENGLISH)
    return {
        "contract": CONTRACT,
        "state": str(report.state),
        "conclusion": conclusion(report, danish),
        "conclusion_en": conclusion(report, english),
        "run": _run(report.run, report),
        "currency": report.currency,
        "sources": [_source(source) for source in report.sources],
        **_result(report, danish, english),
        "decisions": [_decision(decision) for decision in report.decisions],
        "rejected": [finding_values(finding, danish, english) for finding in report.rejected],
        "warnings": [finding_values(finding, danish, english) for finding in report.warnings],
        "assumptions": [
            _assumption(source, assumption, danish, english)
            for source in report.sources
            for assumption in source.assumptions
        ],
        "versions": dict(sorted(report.versions.items())),
    }


def result_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `result.json`."""
    schema: dict[str, Any] = json.loads(files(__package__).joinpath("result.schema.json").read_text("utf-8"))
    return schema


def _compact(value: object) -> str:
    return _JSON.encode(value)


def _result(report: RunReport, danish: Texts, english: Texts) -> dict[str, Any]:
    result = report.result
    if result is None:
        return {"totals": {}, "groups": [], "proposals": [], "open": [], "notes": [], "bridge": None}
    items = item_book(result)
    return {
        "totals": {str(side): _totals(result.totals[side]) for side in Side},
        "groups": _groups(result, items, danish, english),
        "proposals": [_proposal(proposal, items, danish, english) for proposal in result.proposals],
        "open": _open(report, result, items),
        "notes": [
            {
                "key": key,
                "text": danish.get(f"note.{key}", **facts),
                "text_en": english.get(f"note.{key}", **facts),
            }
            for key, facts in result.notes
        ],
        "bridge": _bridge(result.bridge),
    }


def _run(run: Run, report: RunReport) -> dict[str, Any]:
    return {**run_facts(run), "as_of": report.as_of.isoformat()}


def _source(source: SourceFact) -> dict[str, Any]:
    return {
        "side": str(source.side),
        "file": mask_cpr(source.file),
        "sha256": source.sha256,
        "layout": source.layout,
        "layout_version": source.layout_version,
        "first": source.first.isoformat() if source.first else None,
        "last": source.last.isoformat() if source.last else None,
        "rows_in_file": source.rows.in_file,
        "rows_read": source.rows.read,
        "skipped": source.rows.skipped,
        "rejected": source.rows.rejected,
        "debit": source.debit,
        "credit": source.credit,
        "opening": source.opening,
        "closing": source.closing,
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"count": int(tally.count), "sum": int(tally.sum)}


def _totals(totals: SideTotals) -> dict[str, Any]:
    return {
        "rows_in_file": int(totals.rows_in_file),
        "skipped": int(totals.skipped),
        "rows_read": int(totals.read.count),
        "sum": int(totals.read.sum),
        "carried": _tally(totals.carried),
        "matched": _tally(totals.matched),
        "open": _tally(totals.open),
        "proposed": _tally(totals.proposed),
        "rejected": _tally(totals.rejected),
        "excluded": _tally(totals.excluded),
        "duplicate": _tally(totals.duplicate),
        "unplaced": _tally(totals.unplaced()),
    }


def _groups(
    result: Reconciliation, items: ItemBook, danish: Texts, english: Texts
) -> Iterator[dict[str, Any]]:
    """The groups in the order of their items' ids."""
    numbers = result.groups["group"].tolist()
    left, right = ([items.members(side, number) for number in numbers] for side in Side)
    order = sorted(range(len(numbers)), key=lambda at: (left[at], right[at]))
    for at, row in zip(order, group_rows(result.groups.iloc[order]), strict=True):
        yield {
            "left": left[at],
            "right": right[at],
            "pass": row.pass_id,
            "because": because(row, danish),
            "because_en": because(row, english),
            "difference": row.difference,
            "difference_account": row.difference_account,
            "evidence": _evidence(row),
        }


def _evidence(row: Group) -> dict[str, Any]:
    return {
        "reason": row.reason,
        "amount_left": row.amount_left,
        "amount_right": row.amount_right,
        "key": mask_cpr(row.key),
        "days": row.days,
        "candidates": row.candidates,
        "alike": row.alike,
    }


def _proposal(proposal: Proposal, items: ItemBook, danish: Texts, english: Texts) -> dict[str, Any]:
    return {
        "left": list(proposal.left),
        "right": list(proposal.right),
        "reason": proposal.reason,
        "because": proposal_because(proposal, items, danish),
        "because_en": proposal_because(proposal, items, english),
        "alternatives": [{"left": list(left), "right": list(right)} for left, right in proposal.alternatives],
    }


def _open(report: RunReport, result: Reconciliation, items: ItemBook) -> list[dict[str, Any]]:
    texts = (Texts(Language.DANISH), Texts(Language.ENGLISH))
    return [
        _open_item(item, *(cause(item, items, words, names=report.sides) for words in texts))
        for side, frame in ((Side.LEFT, result.left), (Side.RIGHT, result.right))
        for item in items_of(side, frame[frame["state"] == ItemState.OPEN])
    ]


def _open_item(item: Item, danish: str, english: str) -> dict[str, Any]:
    return {
        "side": str(item.side),
        "id": item.item_id,
        "amount": item.amount,
        "booked": item.booked.isoformat(),
        "age_bank_days": item.age_bank_days,
        "cause": item.cause,
        "because": danish,
        "because_en": english,
        "suspect": item.suspect or None,
        "suspect_side": item.suspect_side or None,
        "place": _place(item.place),
    }


def _place(place: Place) -> dict[str, Any]:
    names = {"file": mask_cpr(place.file), "sheet": mask_cpr(place.sheet)}
    return names | {"line": place.line, "cell": mask_cpr(place.cell)}


def finding_values(finding: Finding, danish: Texts, english: Texts) -> dict[str, Any]:
    """A finding with its place in parts, and its sentences in both languages."""
    words, other = finding_words(finding, danish), finding_words(finding, english)
    return {
        "code": finding.code,
        "file": mask_cpr(finding.place.file),
        "place": mask_cpr(str(finding.place)),
        "sheet": mask_cpr(finding.place.sheet),
        "line": finding.place.line,
        "cell": mask_cpr(finding.place.cell),
        "found": words.found,
        "title": words.title,
        "expected": words.expected,
        "do": words.do,
        "title_en": other.title,
        "expected_en": other.expected,
        "do_en": other.do,
    }


def _assumption(source: SourceFact, assumption: Assumption, danish: Texts, english: Texts) -> dict[str, Any]:
    return {
        "side": str(source.side),
        "file": mask_cpr(source.file),
        "subject": assumption.subject,
        "taken": mask_cpr(assumption.taken),
        "because": assumption_words(assumption, danish),
        "because_en": assumption_words(assumption, english),
        "sure": assumption.sure,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "kind": str(decision.kind),
        "period": decision.period,
        "left": list(decision.left),
        "right": list(decision.right),
        "account": decision.account,
        "reason": mask_cpr(decision.reason),
        "expected": decision.expected.isoformat() if decision.expected else None,
        "who": decision.who,
        "day": decision.at.date().isoformat(),
    }


def _bridge(bridge: Bridge) -> dict[str, Any]:
    return {
        "left_balance": int(bridge.left_balance),
        "right_balance": int(bridge.right_balance),
        "open_left": int(bridge.open_left),
        "open_right": int(bridge.open_right),
        "accepted": int(bridge.accepted),
        "difference": int(bridge.difference),
        "holds": bool(bridge.holds),
        "from_balances": bool(bridge.from_balances),
    }
