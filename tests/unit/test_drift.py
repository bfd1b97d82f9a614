"""A file that is not like the ones before it is told of, and one that cannot be true is stopped."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.drift import drift_findings, profile_of, shape_of_text
from gevinst.domain.file_profile import FileProfile, profile_from
from gevinst.domain.finding import Severity
from gevinst.domain.source import RowCounts, SourceRead
from gevinst.texts import Language, Texts
from gevinst.texts.findings import finding_sentence
from unit.matching.builders import frame


def read_of(lines: Sequence[str], *, columns: Sequence[str] = ("Dato", "Tekst", "Beløb")) -> SourceRead:
    items = frame(lines)
    return SourceRead(
        items=items,
        rows=RowCounts(in_file=len(items), read=len(items)),
        layout="detected",
        sha256="a" * 64,
        file="kontoudtog.csv",
        raw=pd.DataFrame(columns=list(columns)),
    )


def a_month(period: str = "2026-10", rows: int = 800) -> FileProfile:
    """A normal month of 800 rows."""
    lines = [
        f"B{at} {period}-{1 + at % 28:02} {'-' if at % 2 else ''}{100 + at % 90},00 Faktura {10_000 + at}"
        for at in range(rows)
    ]
    return profile_of("bank", read_of(lines), period)


HISTORY = [a_month("2026-09", 810), a_month("2026-08", 790), a_month("2026-07", 800)]


def codes(profile: FileProfile, history: Sequence[FileProfile] = HISTORY) -> list[str]:
    found = drift_findings(profile, history, file="kontoudtog.csv", period="2026-10")
    for one in found:
        for language in Language:
            assert one.code in finding_sentence(one, Texts(language))
    return [one.code for one in found]


def hundredfold(profile: FileProfile) -> FileProfile:
    low, high = profile.quartiles
    return replace(
        profile,
        sum=profile.sum * 100,
        volume=profile.volume * 100,
        median=profile.median * 100,
        quartiles=(low * 100, high * 100),
    )


def test_a_normal_month_and_a_first_one_are_not_remarked_on() -> None:
    assert codes(a_month()) == []
    assert codes(a_month(), []) == []


MONTH = a_month()
CHANGED = [
    ("DRF-001", a_month(rows=0)),
    ("DRF-002", hundredfold(MONTH)),
    ("DRF-003", a_month(rows=200)),
    ("DRF-003", a_month(rows=1_700)),
    ("DRF-004", replace(MONTH, columns=("Dato", "Beløb", "Tekst"))),
    ("DRF-004", replace(MONTH, layout="nordea_csv")),
    ("DRF-005", replace(MONTH, shapes={**MONTH.shapes, "*** A": 60})),
    ("DRF-006", replace(MONTH, outside=60)),
    ("DRF-007", replace(MONTH, blank={**MONTH.blank, "text": 990})),
    ("DRF-008", replace(MONTH, positive=1_000)),
    ("DRF-009", replace(MONTH, accounts=3)),
]


@pytest.mark.parametrize(("code", "profile"), CHANGED)
def test_each_kind_of_drift_has_a_finding_of_its_own(code: str, profile: FileProfile) -> None:
    assert codes(profile) == [code]


def test_amounts_a_hundred_times_too_small_are_found_too() -> None:
    assert codes(a_month(), [hundredfold(one) for one in HISTORY]) == ["DRF-002"]


def test_what_cannot_be_true_stops_the_run_unless_the_robot_says_otherwise() -> None:
    for profile in (a_month(rows=0), hundredfold(a_month())):
        for stops, severity in ((True, Severity.ERROR), (False, Severity.WARNING)):
            [found] = drift_findings(profile, HISTORY, file="a.csv", period="2026-10", stops=stops)
            assert found.severity is severity


def test_all_other_drift_only_warns() -> None:
    profile = replace(a_month(rows=200), columns=("A",), positive=1_000)

    found = drift_findings(profile, HISTORY, file="a.csv", period="2026-10")

    assert {one.severity for one in found} == {Severity.WARNING}


def test_a_few_rows_of_a_new_form_are_normal() -> None:
    month = a_month()

    assert codes(replace(month, shapes={**month.shapes, "*** A": 40})) == []


def test_days_outside_the_period_are_told_in_a_first_month_too() -> None:
    assert codes(replace(a_month(), outside=1), []) == ["DRF-006"]


def test_a_source_that_always_has_days_of_other_months_is_not_remarked_on() -> None:
    history = [replace(one, outside=200) for one in HISTORY]

    assert codes(replace(a_month(), outside=220), history) == []


def test_an_account_of_few_rows_or_unsteady_amounts_is_not_judged_by_them() -> None:
    few = [a_month(period, 5) for period in ("2026-09", "2026-08", "2026-07")]
    unsteady = [replace(HISTORY[0], volume=HISTORY[0].volume * 20), *HISTORY[1:]]

    assert codes(a_month(rows=0), few) == []
    assert "DRF-002" not in codes(hundredfold(a_month()), unsteady)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("FI-indbetaling 71 041200000000122", "A 9 9"),
        ("Løn, Anna Bent Carl", "A, A"),
        ("  Anna   Bent  ", "A"),
        ("010180-1234", "9-9"),
        ("", ""),
    ],
)
def test_the_form_of_a_text_names_nobody(text: str, shape: str) -> None:
    assert shape_of_text(text) == shape


@given(st.text(max_size=60))
def test_a_form_holds_no_letter_or_digit_of_the_text(text: str) -> None:
    kept = set(shape_of_text(text)) & set(
        "abcdefghijklmnopqrstuvwxyzæøåBCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ012345678"
    )

    assert kept == set()


def test_a_profile_survives_being_kept() -> None:
    month = a_month()

    assert profile_from(month.as_values()) == month
