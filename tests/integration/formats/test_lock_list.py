"""SAP's list of reminder locks: what cannot be read as a lock stops the file, with its line."""

from pathlib import Path

import pytest

from gevinst.domain.finding import InputRejectedError
from gevinst.domain.flows.debt_sorting import LOCK_SHAPE
from gevinst.formats.table_source import read_tables

KEY = "00000000000000300405000000000001"


def locks(tmp_path: Path, text: str) -> list[list[str]]:
    path = tmp_path / "spaerrer.txt"
    path.write_bytes(text.encode("cp1252"))
    rows = read_tables([path], LOCK_SHAPE).rows
    return rows[["debt_partner", "debt_agreement"]].to_numpy().tolist()


def test_a_lock_is_its_partner_and_its_agreement_without_zeros(tmp_path: Path) -> None:
    text = f"Spærrer\r\n\tForretnPartner:\t0000100204\tBorger\r\n\r\n\t{KEY}\t51\r\nForretnPartner:\t7\r\n"

    assert locks(tmp_path, text) == [["100204", "300405"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{KEY}\t51\nForretnPartner:\t7\n", ("TAB-045", 1)),  # whose lock is it?
        (f"ForretnPartner:\n{KEY}\n", ("TAB-045", 2)),
        ("ForretnPartner:\t7\n000000000001\t51\n", ("TAB-045", 2)),  # no agreement
        ("ForretnPartner:\t7\n3004O5000000000001\t51\n", ("TAB-045", 2)),  # a letter in it
        ("En helt anden liste\n", ("TAB-001", 0)),
    ],
)
def test_a_list_that_cannot_be_read_whole_is_refused_with_its_line(
    tmp_path: Path, text: str, found: tuple[str, int]
) -> None:
    with pytest.raises(InputRejectedError) as error:
        locks(tmp_path, text)

    assert [(one.code, one.place.line or 0) for one in error.value.findings] == [found]
