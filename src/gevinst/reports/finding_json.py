"""Findings and places for machines."""

from typing import Any

from gevinst.domain.finding import Finding
from gevinst.domain.place import Place
from gevinst.texts import Texts
from gevinst.texts.findings import finding_text


def finding_json(finding: Finding, texts: Texts) -> dict[str, Any]:
    """A finding with its place and sentences."""
    said = finding_text(finding, texts)
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "place": place_json(finding.place),
        "title": said.title,
        "found": finding.found,
        "expected": said.expected,
        "do": said.do,
    }


def place_json(place: Place) -> dict[str, Any]:
    """A place as its four parts."""
    return {"file": place.file, "sheet": place.sheet, "line": place.line, "cell": place.cell}
