"""Findings as sentences."""

from dataclasses import dataclass

from gevinst.domain.finding import Finding
from gevinst.domain.place import Place
from gevinst.texts import Texts


@dataclass(frozen=True, kw_only=True)
class FindingText:
    """A finding as a controller reads it."""

    title: str
    place: str
    found: str
    expected: str
    do: str


def finding_text(finding: Finding, texts: Texts) -> FindingText:
    """The sentences of a finding, its facts filled in."""
    facts = {"found": finding.found, **finding.facts}
    title, expected, do = (
        texts.get(_key(finding, part, texts), **facts) for part in ("title", "expected", "do")
    )
    return FindingText(
        title=title, place=place_text(finding.place, texts), found=finding.found, expected=expected, do=do
    )


def _key(finding: Finding, part: str, texts: Texts) -> str:
    """The sentence's key: that of the finding's variant, where there is one, else that of its code."""
    variant = f"finding.{finding.code}.{finding.facts.get('variant', '')}.{part}"
    return variant if texts.has(variant) else f"finding.{finding.code}.{part}"


def finding_sentence(finding: Finding, texts: Texts) -> str:
    """A finding in one line: code, place, what is wrong, found, expected, what to do."""
    return finding_line(finding.code, finding_text(finding, texts), texts)


def finding_line(code: str, said: FindingText, texts: Texts) -> str:
    """The parts of a finding in one line, each ended as a sentence."""
    found = texts.get("finding.found", found=said.found) if said.found else ""
    expected = texts.get("finding.expected", expected=said.expected)
    parts = (f"{code} {said.place}: {said.title}", found, expected, said.do)
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def place_text(place: Place, texts: Texts) -> str:
    """A place in words: file, sheet, line, cell or element."""
    parts = [place.file]
    if place.sheet:
        parts.append(texts.get("place.sheet", sheet=place.sheet))
    if place.line and place.line_matters:
        parts.append(texts.get("place.line", line=place.line))
    if place.cell:
        kind = "element" if place.names_an_element else "cell"
        parts.append(texts.get(f"place.{kind}", cell=place.cell))
    return ", ".join(parts)
