"""The gain report as a page: one self-contained HTML file in each language, made for the steering group."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment

from gevinst.domain.gain_report import GainReport
from gevinst.reports.gain_chart import bar_chart, column_chart
from gevinst.reports.gain_words import GRAVE, GainWords, grave_first, lead_of, unit_share
from gevinst.reports.page import page_environment, page_frame
from gevinst.texts import Language, Texts

PAGES = {Language.DANISH: "gevinster.html", Language.ENGLISH: "gevinster.en.html"}
SHEET = "gain_page.css"  # what gains add to the styles of the run page


def gain_page(report: GainReport, language: Language | str = Language.DANISH) -> str:
    """The page as HTML text."""
    texts = Texts(language)
    words = GainWords(texts)
    facts: dict[str, Any] = {
        "report": report,
        **page_frame(texts, PAGES, SHEET),
        "lead": lead_of(report, words),
        "stretch": words.stretch(report),
        "bars": bar_chart(report, words) if report.robots else None,
        "columns": column_chart(report, words) if report.robots else None,
        "grave": GRAVE,
    }
    return gain_templates(texts.language).get_template("gain_page.html.j2").render(**facts)


@lru_cache
def gain_templates(language: Language) -> Environment:
    """Templates of gains with the words of a language."""
    texts = Texts(language)
    words = GainWords(texts)
    environment = page_environment(texts)
    environment.globals |= {
        "words": words,
        "warnings_of": grave_first,
        "unit_share": unit_share,
    }
    environment.filters |= {
        "whole": words.whole,
        "tenth": words.tenth,
        "kroner": words.kroner,
        "percent": words.percent,
        "months": words.months,
    }
    return environment
