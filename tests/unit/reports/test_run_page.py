import re
from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import html

from gevinst.app.run_report import GainFact, RunReport, SideNames
from gevinst.domain.run import Environment, RunState
from gevinst.reports.run_page import MOST_ROWS, run_page
from unit.reports.sample import (
    agreed,
    broken_bridge,
    rejected_report,
    sample_report,
    sample_result,
    sample_run,
)

MEGABYTE = 1_000_000


def page(report: RunReport, language: str = "da") -> html.HtmlElement:
    return html.document_fromstring(run_page(report, language))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def block(report: RunReport, name: str) -> str:
    return words(page(report).get_element_by_id(name))


def with_text(text: str) -> RunReport:
    result = sample_result()
    left = result.left.assign(text=text)
    return sample_report(replace(result, left=left))


def test_the_first_thing_on_the_page_is_the_conclusion() -> None:
    shown = page(sample_report())

    assert words(shown.find(".//h1")).startswith("Ikke afstemt: 22 poster, ")
    assert len(shown.findall(".//h1")) == 1


def test_the_bridge_foots_to_the_ore_on_the_page() -> None:
    amounts = [
        int(words(cell).replace(".", "").replace(",", ""))
        for row in page(sample_report()).xpath("//table[@class='bridge']//tr[not(@class='detail')]")
        for cell in row.xpath("td[@class='n']")
    ]

    ledger, open_left, open_right, accepted, computed, bank, difference = amounts
    assert ledger + open_left + open_right + accepted == computed == bank
    assert difference == 0


def test_the_causes_under_a_line_of_the_bridge_sum_to_it() -> None:
    sums: list[int] = []
    for row in page(sample_report()).xpath("//table[@class='bridge']/tbody/tr"):
        amount = int(words(row.xpath("td[@class='n']")[0]).replace(".", "").replace(",", ""))
        if row.get("class") == "add":
            sums.append(amount)
        elif row.get("class") == "detail":
            sums[-1] -= amount

    assert sums[:2] == [0, 0]


def test_an_unexplained_difference_is_said_in_words() -> None:
    assert "Opgørelsen går ikke op" in block(sample_report(broken_bridge()), "bridge")


def test_the_age_buckets_hold_every_open_item_once() -> None:
    shown = page(sample_report())

    rows = shown.xpath("//section[@id='list']//tr[starts-with(@id, 'post-')]")
    assert len(rows) == len({row.get("id") for row in rows}) == 22


def test_an_open_item_shows_its_source_cause_and_suspect() -> None:
    rows = page(sample_report()).xpath("//section[@id='list']//tr[starts-with(@id, 'post-')]")
    row = next(words(row) for row in rows if "Leje af hal 4410 nr." in words(row))

    assert "hovedkonto_2026-10.xml" in row
    assert "270,00 kr. fra hinanden" in row
    assert "Leje af hal, bilag 4410" in row


def test_there_are_at_most_seven_things_to_do_and_each_link_leads_somewhere() -> None:
    shown = page(sample_report())
    ids = {element.get("id") for element in shown.xpath("//*[@id]")}

    assert 0 < len(shown.xpath("//section[@id='todo']//li")) <= 7
    assert {link.lstrip("#") for link in shown.xpath("//a/@href") if link.startswith("#")} <= ids


def test_an_agreed_month_says_that_there_is_nothing_to_do() -> None:
    report = sample_report(agreed())

    assert block(report, "todo").endswith("Intet. Der er ikke noget, en person skal tage sig af.")
    assert "Afstemt" in words(page(report).find(".//h1"))


def test_a_proposal_shows_all_its_candidates() -> None:
    doubt = block(sample_report(), "doubt")

    assert doubt.count("Overførsel") == 2
    assert "Kontingent musikskole" in doubt


def test_accepted_differences_stand_as_a_balanced_proposal() -> None:
    rows = page(sample_report()).xpath("//section[@id='booking']//tr")

    debit, credit = rows[-1].xpath("td[@class='n']")
    assert words(debit) == words(credit)


def test_the_pass_that_accepted_differences_stands_before_the_strong_ones() -> None:
    rows = page(sample_report()).xpath("//section[@id='matches']/div[1]//tbody/tr/th")
    titles = [words(row) for row in rows]

    assert titles[0] == "Afgjort af en person"
    assert titles.index("Afregning mindre gebyr, samme nummer") < titles.index("Samme beløb og samme nummer")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "*HTML*<b>x</b>", '"><img src=x onerror=1>'])
def test_bank_text_is_text(text: str) -> None:
    shown = page(with_text(text))

    assert shown.xpath("//script | //img | //b") == []
    assert text in shown.text_content()


def test_a_cpr_number_is_masked_wherever_it_stands() -> None:
    markup = run_page(with_text("Retur 010180-1234 og 0101801234"))

    assert "010180-XXXX" in markup
    assert not re.search(r"010180-?1234", markup)


def test_the_page_needs_nothing_from_outside() -> None:
    shown = page(sample_report())
    policy = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert shown.xpath("//script | //link | //*[@style] | //*[@src]") == []
    assert [link for link in shown.xpath("//a/@href") if "//" in link] == []


def test_every_table_has_a_name_and_every_head_a_scope() -> None:
    shown = page(sample_report())

    assert shown.xpath("//table[not(caption)][not(parent::*[@aria-label])]") == []
    assert shown.xpath("//th[not(@scope)]") == []


def test_each_language_links_to_the_other() -> None:
    danish, english = page(sample_report()), page(sample_report(), "en")

    assert (danish.get("lang"), english.get("lang")) == ("da", "en")
    assert danish.xpath("//a[@hreflang='en']/@href") == ["koersel.en.html"]
    assert english.xpath("//a[@hreflang='da']/@href") == ["koersel.html"]


def test_a_large_run_stays_under_a_megabyte_and_says_what_is_left_out() -> None:
    report = sample_report(sample_result(pairs=3_000))
    markup = run_page(report)

    assert len(markup.encode()) < MEGABYTE
    assert f"Her vises {MOST_ROWS} match." in words(html.document_fromstring(markup))


def test_matches_shown_and_left_out_come_to_what_was_matched() -> None:
    report = sample_report(sample_result(pairs=3_000))
    shown = page(report)

    said = re.search(r"De øvrige ([\d.]+) på i alt", words(shown.get_element_by_id("matches")))
    assert said
    rows = shown.xpath("//section[@id='matches']/details//tbody/tr")
    assert report.result is not None
    assert len(rows) + int(said[1].replace(".", "")) == len(report.result.groups)


def test_a_rejected_run_shows_place_found_expected_and_what_to_do() -> None:
    findings = block(replace(rejected_report(), result=None), "findings")

    assert "hovedkonto_2026-10.xml, linje 17" in findings
    assert "1.234,5O" in findings
    assert "1.234,50" in findings
    assert "Ret cellen" in findings


def test_a_run_that_broke_down_shows_what_is_known_and_who_acts() -> None:
    report = sample_report(run=sample_run(state=RunState.FAILED), result=None, failure="banken svarede ikke")
    shown = words(page(replace(report, result=None)))

    assert "Kunne ikke gennemføres: banken svarede ikke" in shown
    assert "IT-driften skal handle" in shown


def test_the_gain_says_how_it_was_computed() -> None:
    gain = block(sample_report(), "gain")

    assert "298,0 min sparet (5,0 timer)" in gain
    assert "n = 40, grad A" in gain
    assert "Økonomichefen har bekræftet" in gain


def test_a_trial_gains_nothing_and_says_why() -> None:
    run = sample_run(environment=Environment.TRIAL)
    report = sample_report(run=run, gain=GainFact(note="trial", minutes_net=Decimal(0)))

    assert "0 min: prøvekørsel" in block(report, "gain")


def test_two_files_have_no_bank_and_no_environment() -> None:
    run = sample_run(period="", environment=Environment.TRIAL)
    report = sample_report(run=run, sides=SideNames.FILES, robot_title="Afstemning af to filer", gain=None)
    shown = words(page(report).find(".//main"))

    assert shown.startswith("Afstemning af to filer Ikke afstemt")
    assert "Saldo ifølge Højre fil" in shown
    assert "Prøvekørsel" not in shown
    assert "Fra højre fil til venstre fil" in shown
    for absent in ("Siden sidst", "SHA256SUMS", "tilbagefør dem"):
        assert absent not in shown


def test_a_rejected_input_shows_no_bridge_that_holds() -> None:
    assert "Opgørelsen går op" not in words(page(rejected_report()).find(".//main"))


def test_the_first_run_has_nothing_to_compare_with() -> None:
    assert "Det er den første kørsel" in block(sample_report(previous=None), "since")


def test_what_is_new_is_told_beside_what_was_settled() -> None:
    since = block(sample_report(), "since")

    assert "21 nye åbne poster" in since
    assert "1 stadig åben" in since
    assert "1 findes ikke længere i filerne" in since


def test_an_empty_result_makes_a_page() -> None:
    full = sample_report()
    assert full.result is not None
    left, right, groups = (
        frame.iloc[:0] for frame in (full.result.left, full.result.right, full.result.groups)
    )
    nothing = replace(full.result, left=left, right=right, groups=groups, proposals=())

    assert "Ingen poster er matchet." in block(replace(full, result=nothing), "matches")


def test_every_number_and_name_that_a_match_may_go_by_stands_on_the_page() -> None:
    result = sample_result()
    left = result.left.assign(counterparty="Elværket", reference="041200007113571", document="1900042102")

    shown = words(page(sample_report(replace(result, left=left))))

    assert "Elværket 1900042102 · 041200007113571" in shown
