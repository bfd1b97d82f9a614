"""A run as the commands show it: as values for machines, and as lines for people."""

import json
from pathlib import Path
from typing import Any

from gevinst.domain.money import kroner
from gevinst.domain.place import Place
from gevinst.domain.run import EXIT_CODES, Run, RunState
from gevinst.reports.run_json import run_facts
from gevinst.texts import Language, Texts
from gevinst.texts.findings import FindingText, finding_line, place_text

PAGES = {Language.DANISH: "koersel.html", Language.ENGLISH: "koersel.en.html"}


def run_values(run: Run, evidence: Path | None) -> dict[str, Any]:
    """A run with stable keys; amounts are texts in kroner, moments and days ISO 8601.

    Args:
        run: the run.
        evidence: its folder; None when it ran without our runner.
    """
    return {
        **run_facts(run),
        "state": str(run.state),
        "exit_code": int(EXIT_CODES[run.state]) if run.state in EXIT_CODES else None,
        "summary": summary_of(run, evidence, Texts(Language.DANISH)),
        "summary_en": summary_of(run, evidence, Texts(Language.ENGLISH)),
        "read": run.read,
        "matched": run.matched,
        "open": run.open,
        "difference": str(kroner(run.difference)),
        "unexplained": str(kroner(run.unexplained)),
        "minutes_saved": run.minutes_saved or None,
        "evidence": str(evidence) if evidence else None,
    }


def summary_of(run: Run, evidence: Path | None, texts: Texts) -> str:
    """The conclusion in one line: of a run that broke down from the catalogue, else from its result."""
    if texts.has(run.summary):
        return texts.get(run.summary)
    if texts.language is Language.ENGLISH:
        return str(_result(evidence).get("conclusion_en", run.summary))
    return run.summary


def page_of(evidence: Path | None, texts: Texts) -> Path | None:
    """The run page in a language; None when it could not be written."""
    page = evidence / PAGES[texts.language] if evidence else None
    return page if page and page.is_file() else None


def rejected_lines(run: Run, evidence: Path, texts: Texts) -> list[str]:
    """What is wrong with the input of a rejected run, one line for each finding."""
    if run.state is not RunState.REJECTED:
        return []
    return [_finding_line(one, texts) for one in _result(evidence).get("rejected", ())]


def _finding_line(one: dict[str, Any], texts: Texts) -> str:
    mark = "_en" if texts.language is Language.ENGLISH else ""
    place = Place(file=one["file"], sheet=one["sheet"], line=one["line"], cell=one["cell"])
    said = FindingText(
        title=one[f"title{mark}"],
        place=place_text(place, texts),
        found=one["found"],
        expected=one[f"expected{mark}"],
        do=one[f"do{mark}"],
    )
    return finding_line(one["code"], said, texts)


def _result(evidence: Path | None) -> dict[str, Any]:
    """What a run came to: of a reconciliation, or of work items."""
    files = [evidence / name for name in ("result.json", "opgaver.json")] if evidence else []
    file = next((one for one in files if one.is_file()), None)
    if file is None:
        return {}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content
