"""XML that a stranger made: refused in bounded time and memory; broken files give nothing but a refusal."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.invoices import read_invoice
from gevinst.formats.saft import read_audit_file

resource = pytest.importorskip("resource", reason="limits of memory are not to be had on Windows")
FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
GIGABYTE = 1 << 30
MOST_SECONDS = 20
READ = """
import sys
from pathlib import Path
from gevinst.domain.finding import InputRejectedError
from gevinst.formats.{module} import {function}
try:
    {function}(Path(sys.argv[1]))
except InputRejectedError as refused:
    print(" ".join(one.code for one in refused.findings))
"""
READERS = {"Invoice": ("invoices", "read_invoice"), "AuditFile": ("saft", "read_audit_file")}


def bomb(root: str) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    return f"<!DOCTYPE {root} [{entities}]><{root}><Header>&l9;</Header></{root}>"


def blow_up(root: str) -> str:
    return f'<!DOCTYPE {root} [<!ENTITY a "{"x" * 100_000}">]><{root}><ID>{"&a;" * 10_000}</ID></{root}>'


def outside(root: str) -> str:
    return f'<!DOCTYPE {root} [<!ENTITY a SYSTEM "file:///secret.txt">]><{root}><ID>&a;</ID></{root}>'


def outer_dtd(root: str) -> str:
    return f'<!DOCTYPE {root} SYSTEM "http://example.invalid/a.dtd"><{root}/>'


def deep(root: str) -> str:
    return f"<{root}>{'<a>' * 10_000}{'</a>' * 10_000}</{root}>"


def long_text(root: str) -> str:
    return f"<{root}><Header>{'x' * 200_000_000}</Header></{root}>"


def long_attribute(root: str) -> str:
    return f'<{root}><Header a="{"x" * 100_000_000}"/></{root}>'


def refusal(path: Path, root: str) -> tuple[str, float]:
    """The codes of a refusal, read in a child process that may use one gigabyte, and the seconds it took."""
    module, function = READERS[root]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", READ.format(module=module, function=function), str(path)],
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS * 3,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * GIGABYTE, 2 * GIGABYTE)),
    )
    assert done.stderr == ""
    return done.stdout.strip(), time.monotonic() - started


@pytest.mark.parametrize("root", READERS)
@pytest.mark.parametrize("attack", [bomb, blow_up, outside, outer_dtd, deep])
def test_an_attack_is_refused_at_once(tmp_path: Path, root: str, attack: Callable[[str], str]) -> None:
    (tmp_path / "fil.xml").write_text(attack(root), encoding="utf-8")

    codes, seconds = refusal(tmp_path / "fil.xml", root)

    assert codes == "FIL-005"
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("root", READERS)
def test_a_bomb_in_wide_letters_is_refused_too(tmp_path: Path, root: str) -> None:
    (tmp_path / "fil.xml").write_text(bomb(root), encoding="utf-16")

    assert refusal(tmp_path / "fil.xml", root)[0] == "FIL-005"


@pytest.mark.slow
@pytest.mark.parametrize("root", READERS)
@pytest.mark.parametrize("attack", [long_text, long_attribute])
def test_a_text_of_two_hundred_megabytes_is_refused(
    tmp_path: Path, root: str, attack: Callable[[str], str]
) -> None:
    (tmp_path / "fil.xml").write_text(attack(root), encoding="utf-8")

    codes, seconds = refusal(tmp_path / "fil.xml", root)

    assert codes == "FIL-005"
    assert seconds < MOST_SECONDS


@pytest.mark.slow
def test_an_invoice_of_millions_of_elements_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fil.xml").write_text(f"<Invoice>{'<a/>' * 7_000_000}</Invoice>", encoding="utf-8")

    assert refusal(tmp_path / "fil.xml", "Invoice")[0] == "FIL-005"


@pytest.mark.slow
def test_an_audit_file_of_millions_of_strange_elements_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "fil.xml").write_text(f"<AuditFile>{'<a/>' * 7_000_000}</AuditFile>", encoding="utf-8")

    assert refusal(tmp_path / "fil.xml", "AuditFile")[0] == "SAF-007"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<Invoice><ID>\xe6</ID></Invoice>", "FIL-003"),
        (b'<?xml version="1.0" encoding="martian"?><Invoice/>', "FIL-003"),
        (b"<Invoice><ID></Invoice>", "FIL-004"),
        (b"not xml at all", "FIL-004"),
        (b"<Invoice/><Invoice/>", "FIL-004"),
        (b"   ", "FIL-001"),
        (b"<Invoice>\x00</Invoice>", "FIL-003"),
    ],
)
def test_a_broken_file_is_refused_for_its_own_reason(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "fil.xml").write_bytes(content)

    with pytest.raises(InputRejectedError) as caught:
        read_invoice(tmp_path / "fil.xml")

    assert {one.code for one in caught.value.findings} == {code}


@pytest.mark.parametrize(
    "name", ["oioubl/invoice.xml", "peppol/invoice.xml", "peppol/cii.xml", "saft/danish.xml"]
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4
    )
)
def test_a_changed_file_gives_no_exception_but_a_refusal(
    name: str, changes: list[tuple[int, int, bytes]]
) -> None:
    content = (FIXTURES / name).read_bytes()
    for at, gone, new in changes:
        start = at % len(content)
        content = content[:start] + new + content[start + gone :]

    assert read_or_refused(name, content)


@pytest.mark.parametrize("name", ["oioubl/invoice.xml", "peppol/cii.xml", "saft/danish.xml"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), value=st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_value_in_any_element_gives_no_exception_but_a_refusal(name: str, at: int, value: str) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    ends = [place for place in range(len(text)) if text.startswith("</", place) and text[place - 1] != "\n"]
    end = ends[at % len(ends)]
    start = text.rindex(">", 0, end) + 1
    escaped = value.replace("&", "&amp;").replace("<", "&lt;")

    assert read_or_refused(name, (text[:start] + escaped + text[end:]).encode())


def read_or_refused(name: str, content: bytes) -> bool:
    """Read a file; True when it was read with all rows accounted for, or refused with findings."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fil.xml"
        file.write_bytes(content)
        try:
            if name.startswith("saft"):
                rows = read_audit_file(file).source.rows
                return rows.in_file == rows.read + rows.skipped + rows.rejected
            return bool(read_invoice(file).sha256)
        except InputRejectedError as refused:
            return bool(refused.findings)
