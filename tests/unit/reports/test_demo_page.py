"""The page of the demo office leads to each run page, and says which result is not its truth."""

from dataclasses import replace
from pathlib import Path

from gevinst.domain.run import RunState
from gevinst.reports.demo_page import DemoRow, write_demo_page
from gevinst.texts import Language
from runs import a_run, ended

ROW = DemoRow(
    run=replace(ended(a_run(), RunState.OPEN_ITEMS), read=12, open=2),
    folder=Path("koersler/hovedkonto/2026-10/run-1"),
    title={"da": "Hovedkonto <A>", "en": "Main account <A>"},
    conclusion={"da": "Ikke afstemt: 2 poster", "en": "Not reconciled: 2 items"},
    matches=True,
    minutes=None,
    is_true=True,
)


def pages(folder: Path, *rows: DemoRow) -> dict[Language, str]:
    placed = [replace(row, folder=folder / row.folder) for row in rows]
    return {
        language: path.read_text("utf-8")
        for language, path in write_demo_page(folder, "Prøvekommunen", placed).items()
    }


def test_each_robot_has_its_conclusion_and_the_way_to_its_page_in_both_languages(tmp_path: Path) -> None:
    made = pages(tmp_path, ROW, replace(ROW, matches=False, minutes=75))

    danish, english = made[Language.DANISH], made[Language.ENGLISH]
    assert danish.count('href="koersler/hovedkonto/2026-10/run-1/koersel.html">Hovedkonto &lt;A&gt;</a>') == 2
    assert 'href="koersler/hovedkonto/2026-10/run-1/koersel.en.html">Main account &lt;A&gt;</a>' in english
    assert ("Ikke afstemt: 2 poster" in danish, ">75<" in danish, "prøve" in danish) == (True, True, True)
    assert ('href="overview.html"' in danish, 'href="oversigt.html"' in english) == (True, True)


def test_a_result_that_is_not_the_truth_is_seen_at_the_top_and_in_its_row(tmp_path: Path) -> None:
    page = pages(tmp_path, ROW, replace(ROW, is_true=False), replace(ROW, is_true=None))[Language.DANISH]

    assert "1 af 2 robotters" in page
    assert '<div class="conclusion stop">' in page
    assert page.count("Afviger fra facit") == 1
