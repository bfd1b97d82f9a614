"""Every made-up bank file is read as the file beside it says: entries, sum, findings with their lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.source import SourceRead
from gevinst.formats.reading import read_source
from gevinst.texts import Language, Texts
from gevinst.texts.findings import finding_sentence

FORMATS = ("mt940", "ofx", "bai2", "pain", "fik", "betalingsservice")
FOLDER = Path(__file__).parents[3] / "fixtures" / "formats"
#: Columns of the first item that a case may name.
FIRST = ("text", "reference", "document", "counterparty")


def cases() -> Iterator[tuple[Path, dict[str, Any]]]:
    for name in FORMATS:
        folder = FOLDER / name
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        yield from ((folder / file, values) for file, values in expected.items())


CASES = list(cases())
IDS = [f"{file.parent.name}-{file.stem}" for file, _ in CASES]


def findings_of(file: Path) -> tuple[Finding, ...]:
    try:
        return read_source(file).findings
    except InputRejectedError as refused:
        return refused.findings


def summary(source: SourceRead, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a case names, as it was read."""
    first = source.items.iloc[0] if len(source.items) else pd.Series(dtype=object)
    found: dict[str, Any] = {
        "read": len(source.items),
        "sum": int(source.items["amount"].sum()),
        "rejected": source.rows.rejected,
        "skipped": source.rows.skipped,
        "findings": [f"{finding.code}:{finding.place.line}" for finding in source.findings],
    }
    found |= {name: first[name] for name in FIRST if name in wanted}
    if "booked" in wanted:
        found["booked"] = str(first["booked"].date())
    if "closing" in wanted:
        found["closing"] = source.statements[0].closing
    return found


@pytest.mark.parametrize(("file", "wanted"), CASES, ids=IDS)
def test_a_made_up_bank_file_is_read_as_it_is_meant(file: Path, wanted: dict[str, Any]) -> None:
    if "refused" in wanted:
        with pytest.raises(InputRejectedError) as refused:
            read_source(file)
        assert {finding.code for finding in refused.value.findings} == {wanted["refused"]}
        return
    source = read_source(file)

    assert summary(source, wanted) == {"rejected": 0, "skipped": 0, "findings": [], **wanted}
    assert source.layout == file.parent.name
    rows = source.rows
    assert rows.in_file == rows.read + rows.skipped + rows.rejected


@pytest.mark.parametrize(("file", "wanted"), CASES, ids=IDS)
def test_what_is_wrong_is_said_whole_in_both_languages(file: Path, wanted: dict[str, Any]) -> None:
    findings = findings_of(file)

    assert bool(findings) == bool(wanted.get("findings") or "refused" in wanted)
    for texts in map(Texts, Language):
        sentences = [finding_sentence(finding, texts) for finding in findings]
        assert not [sentence for sentence in sentences if "{" in sentence]


@pytest.mark.parametrize("name", FORMATS)
def test_every_made_up_file_has_its_expectation_and_its_line(name: str) -> None:
    folder = FOLDER / name
    files = {path.name for path in folder.iterdir()} - {"README.md", "expected.json"}

    said = (folder / "README.md").read_text(encoding="utf-8")
    assert files == json.loads((folder / "expected.json").read_text(encoding="utf-8")).keys()
    assert all(f"| `{file}` |" in said for file in files)


@pytest.mark.parametrize(("file", "wanted"), CASES, ids=IDS)
def test_each_item_stands_on_the_line_it_names(file: Path, wanted: dict[str, Any]) -> None:
    if not wanted.get("read"):
        return
    source = read_source(file)
    lines = file.read_bytes().decode("cp1252").splitlines()

    marks = {"mt940": ":61:", "ofx": "<STMTTRN>", "bai2": "16,", "fik": "FI03", "betalingsservice": "BS042"}
    mark = marks.get(file.parent.name, "Inf")
    assert all(mark in lines[line - 1] for line in source.items["place_line"])


def test_only_errors_stop_a_run_and_what_the_bank_left_out_warns() -> None:
    warnings = {"BNK-023", "BNK-026", "BNK-028", "CEL-007"}

    found = [finding for file, _ in CASES for finding in findings_of(file)]

    assert {one.code for one in found if one.severity is Severity.WARNING} == warnings
