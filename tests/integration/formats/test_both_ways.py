"""A file that is read by columns gives what it gives record by record: items, raw rows, findings, counts."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.source import SourceRead
from gevinst.formats import splitting
from gevinst.formats.reading import read_source

DAYS = st.sampled_from(["05-01-2026", "31-01-2026", "31-02-2026", "", "2026-01-05", "Reserveret", "i alt"])
TEXTS = st.sampled_from(["Husleje", "", " Primo", "Ultimo saldo", "* I alt", 'Fra "Æ"', "#N/A", "Sum", "a,b"])
AMOUNTS = st.sampled_from(
    ["1,00", "-1.234,50", "1.234,5O", "", "12", "1,005", "5,00-", "+3,00", "(1,00)", "#REF!"]
)
RECORDS = st.tuples(DAYS, TEXTS, AMOUNTS, st.sampled_from(["", "1,00", "x"]), st.integers(0, 5))
HEADS = st.sampled_from(
    ["Dato;Tekst;Beløb;Saldo", "Kontoudtog\n\nDato;Tekst;Beløb;Saldo;", "sep=;\nDato;Tekst;Beløb;Saldo"]
)


def written(head: str, records: list[tuple[str, str, str, str, int]]) -> bytes:
    lines = [head]
    for day, text, amount, balance, more in records:
        cells = [day, text, amount, balance, "", "for meget"]
        lines.append(";".join(cells[: more + 1]) if more in {1, 2} else ";".join(cells[: 4 + more % 3]))
    return "\n".join(lines).encode("cp1252")


def outcome(file: Path) -> SourceRead | tuple[Finding, ...]:
    try:
        return read_source(file)
    except InputRejectedError as refused:
        return refused.findings


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HEADS, st.lists(RECORDS, min_size=1, max_size=12))
def test_both_ways_give_the_same(head: str, records: list[tuple[str, str, str, str, int]]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fil.csv"
        file.write_bytes(written(head, records))
        by_columns = outcome(file)
        with patch.object(splitting, "split_columns", return_value=None):
            by_records = outcome(file)

    if not isinstance(by_columns, SourceRead) or not isinstance(by_records, SourceRead):
        assert by_columns == by_records
        return
    assert by_columns.items.equals(by_records.items)
    assert by_columns.raw.equals(by_records.raw)
    for part in ("findings", "rows", "skipped", "statements", "assumptions", "layout"):
        assert getattr(by_columns, part) == getattr(by_records, part)
