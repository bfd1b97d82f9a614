"""What is fuzzed: each reader with the made-up files that it begins from, and the laws of every read."""

import hashlib
import io
import os
import re
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeAlias
from unittest.mock import patch

from fuzz.workbooks import binary_book, old_book, open_book
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats import camt, mt940, pain, workbook
from gevinst.formats.camt_quick import OFTEN, UnusualError
from gevinst.formats.detection import Told, read_known_or_unknown
from gevinst.formats.intake import Intake
from gevinst.formats.invoices import read_invoice_of
from gevinst.formats.layouts import packaged_layouts
from gevinst.formats.saft import read_audit
from gevinst.formats.workbook_parts import UNREADABLE, Parts
from gevinst.formats.workbook_trial import parts_of, tried
from gevinst.texts import Language, Texts
from gevinst.texts.findings import finding_text

Change: TypeAlias = Callable[[bytes], bytes]
LATE = (camt, mt940, pain, workbook)  # else imported when a file needs them, unseen by the fuzzer
HALF = 0.5
VALUES = (
    b"0",
    b"-1",
    b"1e400",
    b"9" * 30,
    b"0.005",
    b"1.234,56",
    b"NaN",
    b"2026-02-30",
    b"CRDT",
    b"\xc2\xa0",
)
_TAG = re.compile(rb"(<[^>]*>)")
# In the process that tries out a workbook; the real one may take more of both.
LIBRARY_FAILED, MOST_SECONDS, MOST_MEMORY = 1, 8, 1_500_000_000
PIPE = 60_000  # bytes that a pipe takes before anyone reads
FIXTURES = Path(__file__).parents[2] / "fixtures"
NO_INPUT = {".md", ".json"}
TEXTS = [Texts(language) for language in Language]


def _part_changed(content: bytes, change: Change, chance: Random) -> bytes | None:
    """A workbook with one of its parts changed; its packed bytes would only be damaged."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(packed, "w") as changed:
            parts = {name: package.read(name) for name in package.namelist()}
            chosen = chance.choice(list(parts))
            element = _element_changed(parts[chosen], change, chance) if chance.random() < HALF else None
            parts[chosen] = change(parts[chosen]) if element is None else element
            for name, part in parts.items():
                changed.writestr(name, part)
    except (*UNREADABLE, IndexError):
        return None
    return packed.getvalue()


def _element_changed(content: bytes, change: Change, chance: Random) -> bytes | None:
    """XML with a text changed, or with elements left out, doubled or moved; it stays well-formed mostly."""
    pieces = _TAG.split(content)
    texts = [at for at in range(2, len(pieces), 2) if pieces[at].strip()]
    if not texts:
        return None
    at = chance.choice(texts)
    element = pieces[at - 1 : at + 2]
    what = chance.randrange(4)
    if what == 0:
        pieces[at] = change(pieces[at]).translate(None, b"<>&")
    elif what == 1:
        pieces[at] = chance.choice(VALUES)
    elif what == 2:
        del pieces[at - 1 : at + 2]
    else:
        place = chance.choice(texts) + 2
        pieces[place:place] = [*element, b""]
    return b"".join(pieces)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One reader."""

    seeds: tuple[str, ...]  #: patterns of fixture files
    read: Callable[[Intake], tuple[Finding, ...]]  #: the findings of what was read
    #: changes a file by what its format is made of
    change: Callable[[bytes, Change, Random], bytes | None] | None = None
    more: Callable[[], bytes] | None = None  #: makes one file more to begin from

    def beginnings(self) -> Iterator[bytes]:
        """The files to begin from."""
        paths = (path for pattern in self.seeds for path in sorted(FIXTURES.glob(pattern)))
        yield from (path.read_bytes() for path in paths if path.suffix not in NO_INPUT)
        if self.more:
            yield self.more()


def _source(intake: Intake) -> tuple[Finding, ...]:
    return _lawful(read_known_or_unknown(intake, Told(mapping={})))


def _camt(intake: Intake) -> tuple[Finding, ...]:
    """A camt file, which is the same however it is read: cut into pieces, by patterns, or from a tree."""
    told = Told(mapping={}, layout=packaged_layouts()["camt_details"])
    read = read_known_or_unknown(intake, told)
    with patch.object(camt, "cut", side_effect=UnusualError):
        tree = read_known_or_unknown(intake, told)
    if not (read.items.equals(tree.items) and read.raw.equals(tree.raw)):
        raise AssertionError("other items than in the tree")
    if (read.rows, read.findings, read.statements) != (tree.rows, tree.findings, tree.statements):
        raise AssertionError("another account of them than in the tree")
    return _lawful(read)


def _long_camt() -> bytes:
    """A statement with enough entries alike to be read by a pattern."""
    text = (FIXTURES / "bank_reconciliation/statement_gap/bank.xml").read_text(encoding="utf-8")
    start, end = text.index("<Ntry>"), text.index("</Ntry>") + len("</Ntry>")
    return (text[:start] + text[start:end] * (3 * OFTEN) + text[end:]).encode()


def _lawful(read: SourceRead) -> tuple[Finding, ...]:
    """Every row of the file has become of something, and no two items have one id."""
    rows = read.rows
    if rows.in_file != rows.read + rows.skipped + rows.rejected:
        raise AssertionError(f"rows do not add up: {rows}")
    if not len(read.items) == len(read.raw) == rows.read:
        raise AssertionError(f"{len(read.items)} items, {len(read.raw)} raw rows, {rows.read} counted")
    if not read.items["item_id"].is_unique:
        raise AssertionError("two items have one id")
    return read.findings


def tried_in_fork(intake: Intake) -> Parts:
    """`try_out` in a copy of this process: it may end, as the real one may."""
    import resource  # noqa: PLC0415 - Windows has none

    out, into = os.pipe()
    child = os.fork()
    if not child:
        code = LIBRARY_FAILED
        try:
            for one in (signal.SIGALRM, signal.SIGABRT, signal.SIGSEGV):  # the fuzzer listens to them
                signal.signal(one, signal.SIG_DFL)
            signal.alarm(MOST_SECONDS)
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            code, answer = tried(intake.content)
            os.write(into, answer.encode()[:PIPE])
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out, "rb") as answers:
        said = answers.read()
    return parts_of(intake, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said)


TARGETS = {
    "camt": Target(
        seeds=("bank_reconciliation/*/*.xml",), read=_camt, more=_long_camt, change=_element_changed
    ),
    "mt940": Target(seeds=("formats/mt940/*",), read=_source),
    "delimited": Target(seeds=("bank_reconciliation/*/*.csv", "bank_reconciliation/*/*.txt"), read=_source),
    "workbook": Target(seeds=("bank_reconciliation/*/*.xlsx",), read=_source, change=_part_changed),
    "xls": Target(seeds=(), read=_source, more=old_book),
    "xlsb": Target(seeds=(), read=_source, more=binary_book, change=_part_changed),
    "ods": Target(seeds=(), read=_source, more=open_book, change=_part_changed),
    "ofx": Target(seeds=("formats/ofx/*",), read=_source),
    "bai2": Target(seeds=("formats/bai2/*",), read=_source),
    "pain": Target(seeds=("formats/pain/*",), read=_source, change=_element_changed),
    "fik": Target(seeds=("formats/fik/*",), read=_source),
    "betalingsservice": Target(seeds=("formats/betalingsservice/*",), read=_source),
    "invoice": Target(
        seeds=("formats/oioubl/*", "formats/peppol/*"),
        read=lambda one: read_invoice_of(one).findings,
        change=_element_changed,
    ),
    "cii": Target(
        seeds=("formats/peppol/cii*.xml",),
        read=lambda one: read_invoice_of(one).findings,
        change=_element_changed,
    ),
    "saft": Target(
        seeds=("formats/saft/*",),
        read=lambda one: _lawful(read_audit(one).source),
        change=_element_changed,
    ),
}


def try_one(target: Target, content: bytes) -> None:
    """Read bytes as a file; only a refusal may be raised, and every finding can be said in both languages."""
    intake = Intake.of("fil", content, sha256=hashlib.sha256(content).hexdigest())
    if not content or content.isspace():
        return  # such a file is refused before any reader sees it
    try:
        findings = target.read(intake)
    except InputRejectedError as error:
        findings = tuple(error.findings)
    for texts in TEXTS:
        for finding in findings[:20]:
            finding_text(finding, texts)
