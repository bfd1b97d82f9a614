from dataclasses import replace
from weakref import ref

import pytest

from gevinst.app.run_report import SideNames
from gevinst.domain.matching.rules import Key, PassKind
from gevinst.domain.reconciliation import Side
from gevinst.domain.run import RunState
from gevinst.reports.items import ItemBook, item_book
from gevinst.reports.sentences import (
    Group,
    because,
    cause,
    conclude,
    conclusion,
    group_rows,
    proposal_because,
)
from gevinst.texts import Texts
from unit.reports.sample import (
    broken_bridge,
    only_waiting,
    rejected_report,
    sample_report,
    sample_result,
    sample_run,
)

DANISH, ENGLISH = Texts("da"), Texts("en")


def group(reason: str, **facts: object) -> Group:
    plain: dict[str, object] = {
        "group": 0,
        "pass_id": "p",
        "reason": reason,
        "n_left": 1,
        "n_right": 1,
        "amount_left": 125000,
        "amount_right": 125000,
        "difference": 0,
        "difference_account": "",
        "key": "4711",
        "days": 0,
        "candidates": 0,
        "alike": 0,
    }
    return Group(**(plain | facts))  # type: ignore[arg-type]  # the facts of a test are of the right kinds


def test_a_match_by_number_says_amount_number_days_and_rivals() -> None:
    said = because(group("reference", days=3, candidates=2), DANISH)

    assert said == (
        "Samme beløb 1.250,00 kr. og samme nummer 4711; 3 bankdage imellem. "
        "2 andre poster med samme beløb er udelukket."
    )


@pytest.mark.parametrize(
    ("days", "said"), [(0, "samme bankdag"), (1, "1 bankdag imellem"), (-2, "2 bankdage imellem")]
)
def test_the_days_between_are_said_in_the_right_number(days: int, said: str) -> None:
    assert f"; {said}." in because(group("amount_date", days=days, key=""), DANISH)


def test_a_fee_is_shown_with_its_rate_and_its_account() -> None:
    said = because(
        group(
            "net_of_fee",
            amount_left=99_250,
            amount_right=100_000,
            difference=-750,
            difference_account="9401",
        ),
        DANISH,
    )

    assert "1.000,00 kr. brutto mindre gebyr 7,50 kr. (0,75 %) giver 992,50 kr." in said
    assert "konto 9401" in said


def test_a_batch_by_day_shows_the_day_as_people_write_it() -> None:
    said = because(group("batch_day", key="2026-10-07", n_right=12), DANISH)

    assert "1 mod 12 poster" in said
    assert "07.10.2026" in said


def test_a_number_that_looks_like_a_day_stays_a_number() -> None:
    assert "20261007" in because(group("reference", key="20261007"), DANISH)


def test_a_word_of_which_the_beginning_counts_says_that_it_goes_on() -> None:
    assert "samme ord »UDDELI…«" in because(group("text_date", key="UDDELI"), DANISH)
    assert "samme ord »LEJE«" in because(group("batch_text", key="LEJE"), DANISH)


def test_a_reversal_on_the_ledger_side_counts_both_items() -> None:
    said = because(group("reversal", n_left=0, n_right=2, amount_left=0, amount_right=0), DANISH)

    assert said.startswith("2 poster på samme side ophæver hinanden")


def test_a_key_from_a_file_can_neither_show_a_cpr_number_nor_stand_in_for_another_fact() -> None:
    said = because(group("reference", key="010180-1234 \ue000 {amount}"), DANISH)

    assert "010180-XXXX" in said
    assert said.count("1.250,00") == 1


def test_every_reason_in_the_sample_is_said_in_both_languages() -> None:
    rows = list(group_rows(sample_result().groups))

    assert all(because(row, texts) for row in rows for texts in (DANISH, ENGLISH))


def test_every_kind_of_pass_has_a_sentence_of_its_own() -> None:
    titles = {DANISH.get(f"report.pass.{kind}.{key}") for kind in PassKind for key in Key}

    assert len(titles) == len(PassKind) * len(Key)


def test_a_double_posting_names_the_item_it_doubles() -> None:
    result = sample_result()
    book = ItemBook(result)
    double = book.find(Side.RIGHT, result.right.loc[result.right["cause"] == "double", "item_id"].iloc[0])
    assert double is not None

    said = cause(double, book, DANISH)

    assert said.startswith("Ligner en dobbeltpostering af finanspost 5100000001 af ")


def test_the_items_of_a_result_are_gathered_once_and_let_go_with_it() -> None:
    result = replace(sample_result())
    book = ref(item_book(result))

    assert item_book(result) is book()
    del result
    assert book() is None


def test_a_cause_is_said_of_files_when_the_sides_are_no_bank() -> None:
    result = sample_result()
    book = ItemBook(result)
    unknown = result.left.loc[result.left["cause"] == "no_counterpart_bank", "item_id"].iloc[0]
    item = book.find(Side.LEFT, unknown)
    assert item is not None

    assert cause(item, book, DANISH, names=SideNames.FILES) == "Findes kun i venstre fil."


def test_a_proposal_says_how_many_answers_there_are() -> None:
    result = sample_result()

    said = proposal_because(result.proposals[0], ItemBook(result), DANISH)

    assert said == "2 lige gode muligheder for 1.200,00 kr.; robotten vælger ikke mellem dem."


def test_open_items_make_a_conclusion_that_a_controller_acts_on() -> None:
    report = sample_report()

    concluded = conclude(report, DANISH)

    assert concluded.tone == "act"
    assert concluded.headline.startswith("Ikke afstemt: 22 poster, ")
    assert "hele forskellen er forklaret" in concluded.detail


def test_an_unexplained_difference_is_never_called_explained() -> None:
    report = sample_report(broken_bridge())

    assert "1,00 kr. af forskellen er ikke forklaret" in conclusion(report, DANISH)


def test_items_that_only_wait_make_an_agreed_conclusion() -> None:
    report = sample_report(only_waiting())

    concluded = conclude(report, DANISH)

    assert (concluded.tone, concluded.headline) == ("ok", "Afstemt med 3 forklarede poster")


def test_rejected_input_names_the_file_and_how_many_faults() -> None:
    said = conclusion(rejected_report(), DANISH)

    assert said.startswith("Kunne ikke gennemføres: 2 fejl i input. ")
    assert "hovedkonto_2026-10.xml" in said


def test_a_run_that_broke_down_says_so_though_it_has_a_result() -> None:
    run = sample_run(state=RunState.FAILED)

    concluded = conclude(sample_report(run=run, failure="banken svarede ikke"), DANISH)

    assert (concluded.tone, concluded.headline) == ("stop", "Kunne ikke gennemføres: banken svarede ikke")


def test_a_long_failure_gives_its_first_sentence_to_the_headline() -> None:
    failure = "Kørslen varede for længe. IT-drift ser på den."

    concluded = conclude(sample_report(run=sample_run(state=RunState.FAILED), failure=failure), DANISH)

    assert concluded.headline == "Kunne ikke gennemføres: Kørslen varede for længe"
    assert concluded.detail.startswith("IT-drift ser på den. Resultatet er ikke færdigt")
