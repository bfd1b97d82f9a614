"""The page of the demo office: what each robot came to, and the way to its run page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gevinst.domain.run import Run
from gevinst.reports.page import RUN_PAGES, page_frame, page_templates
from gevinst.texts import Language, Texts

PAGES = {Language.DANISH: "oversigt.html", Language.ENGLISH: "overview.html"}


@dataclass(frozen=True, kw_only=True)
class DemoRow:
    """A robot of the demo."""

    run: Run
    folder: Path  #: its evidence
    title: Mapping[str, str]  #: by language
    conclusion: Mapping[str, str]  #: in one sentence, by language
    matches: bool  #: it reconciles two sides; the others work on lists
    minutes: int | None  #: saved in the period; None in trial
    is_true: bool | None  #: whether it is equal to its truth; None where it was not compared


def write_demo_page(folder: Path, office: str, rows: Sequence[DemoRow]) -> dict[Language, Path]:
    """Write the page in each language.

    Args:
        folder: with the evidence folders of the rows below it.
        office: its name.
        rows: in order.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    written = {language: folder / name for language, name in PAGES.items()}
    for language, path in written.items():
        path.write_text(demo_page(folder, office, rows, language), encoding="utf-8", newline="\n")
    return written


def demo_page(folder: Path, office: str, rows: Sequence[DemoRow], language: Language) -> str:
    """The page as HTML text."""
    texts = Texts(language)
    compared = [row for row in rows if row.is_true is not None]
    true = sum(row.is_true is True for row in rows)
    return (
        page_templates(language)
        .get_template("demo_page.html.j2")
        .render(
            **page_frame(texts, PAGES),
            texts=texts,
            office=office,
            period=rows[0].run.period if rows else "",
            parts=[
                ("accounts", [one for one in rows if one.matches]),
                ("lists", [one for one in rows if not one.matches]),
            ],
            truth=texts.get("cli.demo.truth", equal=true, count=len(compared)),
            tone="ok" if true == len(compared) else "stop",
            link=lambda row: (row.folder / RUN_PAGES[language]).relative_to(folder).as_posix(),
        )
    )
