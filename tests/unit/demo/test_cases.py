import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gevinst.demo.references import is_fik_reference
from gevinst.domain.masking import mask_cpr
from gevinst.domain.run import EXIT_CODES, RunState

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES = sorted(path for path in (FIXTURES / "bank_reconciliation").iterdir() if path.is_dir())
ACCOUNTED_FOR = {
    "agreed",
    "ambiguous",
    "another_account",
    "balance_does_not_add",
    "bank_fee",
    "batch",
    "card_fee",
    "carried",
    "double_posting",
    "doubled_column",
    "empty_file",
    "error_cell",
    "formula_without_value",
    "half_written_camt",
    "half_written_csv",
    "impossible_date",
    "interchangeable",
    "late_payment",
    "letter_in_amount",
    "missing_column",
    "mixed_encoding",
    "reversal",
    "statement_gap",
    "statement_twice",
    "swapped_digits",
    "wrong_kind",
    "wrong_kind_pdf",
    "wrong_sign",
}


def expected(case: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    return answer


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_script_writes_the_cases_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, FIXTURES / "make.py", tmp_path], check=True)

    assert content(tmp_path / "bank_reconciliation") == content(FIXTURES / "bank_reconciliation")


def test_every_case_is_there() -> None:
    assert {case.name for case in CASES} == ACCOUNTED_FOR


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_small_and_says_what_is_wrong(case: Path) -> None:
    answer = expected(case)
    names = {answer["left"], answer["right"], answer.get("carried", answer["right"])}

    assert {path.name for path in case.iterdir()} == names | {"expected.json", "README.md"}
    assert (case / "README.md").read_text("utf-8").count("\n") == 1
    assert answer["exit_code"] == EXIT_CODES[RunState(answer["state"])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rejected_case_names_its_code_and_no_other_case_does(case: Path) -> None:
    answer = expected(case)

    assert bool(answer["finding_codes"]) == (answer["state"] == "rejected")


@pytest.mark.parametrize(
    "case", [c for c in CASES if expected(c)["state"] != "rejected"], ids=lambda case: case.name
)
def test_every_row_of_a_usable_case_is_in_exactly_one_place(case: Path) -> None:
    answer = expected(case)
    left = [i for pair in (*answer["matched"], *answer["proposals"]) for i in pair[0]]
    right = [i for pair in (*answer["matched"], *answer["proposals"]) for i in pair[1]]
    left += [item["id"] for item in answer["open"] if item["side"] == "left"]
    right += [item["id"] for item in answer["open"] if item["side"] == "right"]
    files = [(case / name).read_text("utf-8").splitlines()[1:] for name in (answer["left"], answer["right"])]
    carried = (case / answer["carried"]).read_text("utf-8").splitlines()[1:] if "carried" in answer else []

    assert sorted(left) == [f"row:{row}" for row in range(2, len(files[0]) + 2)]
    assert sorted(right) == sorted(line.split(";")[0] for line in (*files[1], *carried))


def test_cases_have_right_fik_references_and_no_cpr_numbers() -> None:
    text = "".join(
        data.decode("cp1252", "replace")
        for name, data in content(FIXTURES / "bank_reconciliation").items()
        if "xlsx" not in name
    )

    assert all(is_fik_reference(number) for number in re.findall(r"(?<!\d)\d{15}(?!\d)", text))
    assert mask_cpr(text) == text
