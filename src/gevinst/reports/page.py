"""What every page that we write stands in: templates with a language's words, the style sheet, the frame."""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from gevinst.domain.masking import mask_cpr
from gevinst.reports.numbers import decimal_words, period_words
from gevinst.texts import Language, Texts

#: The page of a run, whatever its flow is.
RUN_PAGES = {Language.DANISH: "koersel.html", Language.ENGLISH: "koersel.en.html"}


class _Compiled(BytecodeCache):
    """Templates as they are compiled, so that the page in a second language costs only its words."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code


_COMPILED = _Compiled()


def page_environment(texts: Texts) -> Environment:
    """Templates of a language, for a page to add its own words to."""
    environment = Environment(
        loader=PackageLoader("gevinst.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        optimized=False,  # would put words of the first language into what the second one shares
    )
    environment.globals["t"] = texts.get
    environment.filters |= {
        "kr": texts.amount,
        "n": texts.number,
        "day": texts.day,
        "pct": texts.percent,
        "moment": texts.moment,
        "masked": mask_cpr,
        "period": lambda period: period_words(period, texts),
        "decimal": lambda value: decimal_words(value, texts),
    }
    return environment


@lru_cache
def page_templates(language: Language) -> Environment:
    """Templates of pages that add no words."""
    return page_environment(Texts(language))


def page_frame(texts: Texts, pages: Mapping[Language, str], *sheets: str) -> dict[str, Any]:
    """What the head of a page is made of: its language, the other language's page, the styles."""
    other = Language.ENGLISH if texts.language is Language.DANISH else Language.DANISH
    css, css_hash = _styles("run_page.css", *sheets)
    return {
        "language": str(texts.language),
        "other_language": str(other),
        "other_page": pages[other],
        "css": css,
        "css_hash": css_hash,
    }


@lru_cache
def _styles(*sheets: str) -> tuple[Markup, str]:
    """Style sheets as one, and the hash that lets only these in."""
    folder = files(__package__).joinpath("templates")
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in sheets)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 - our own files, no input in them
