"""The gain report as a page: one self-contained HTML file in each language, made for the steering group."""

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gevinst.domain.gain_report import GainReport
from gevinst.domain.masking import mask_cpr
from gevinst.reports.gain_chart import bar_chart, column_chart
from gevinst.reports.gain_words import GRAVE, GainWords, grave_first, lead_of, unit_share
from gevinst.reports.numbers import period_words
from gevinst.texts import Language, Texts

PAGES = {Language.DANISH: "gevinster.html", Language.ENGLISH: "gevinster.en.html"}


def gain_page(report: GainReport, language: Language | str = Language.DANISH) -> str:
    """The page as HTML text."""
    texts = Texts(language)
    words = GainWords(texts)
    css, css_hash = gain_css()
    other = Language.ENGLISH if texts.language is Language.DANISH else Language.DANISH
    facts: dict[str, Any] = {
        "report": report,
        "language": str(texts.language),
        "other_language": str(other),
        "other_page": PAGES[other],
        "css": css,
        "css_hash": css_hash,
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
    environment = Environment(
        loader=PackageLoader("gevinst.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "t": texts.get,
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
        "n": texts.number,
        "day": texts.day,
        "masked": mask_cpr,
        "period": lambda period: period_words(period, texts),
    }
    return environment


@lru_cache
def gain_css() -> tuple[Markup, str]:
    """The run page's style sheet with what gains add, and the hash that lets only this one in."""
    folder = files(__package__).joinpath("templates")
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in ("run_page.css", "gain_page.css"))
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 - our own files, no input in them
