"""The message catalogue: everything a controller reads, in Danish and English.

Messages stand in gettext files (`da_<area>.po`, `en_<area>.po`) under stable keys. A placeholder may carry a
form: `{opening:kr}` is øre shown as kroner, `{booked:date}` a day, `{rows:n}` a count with thousands,
`{share:pct}` per mille shown as percent.
"""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from gevinst.domain.money import ORE_PER_KRONE
from gevinst.texts.catalogue import read_catalogue

OFFICE_ZONE = ZoneInfo("Europe/Copenhagen")
PER_MILLE_TO_PERCENT = 10


class Language(StrEnum):
    """Languages of the catalogue; Danish first."""

    DANISH = "da"
    ENGLISH = "en"


class MissingTextError(KeyError):
    """A key that the catalogue does not hold: our bug."""


class Texts:
    """Messages, amounts and dates in one language."""

    def __init__(self, language: Language | str = Language.DANISH) -> None:
        self.language = Language(language)
        self._messages = _messages(self.language)
        self._decimal_mark = "," if self.language is Language.DANISH else "."
        self._shown: dict[str, Callable[[Any], str]] = {
            "": format,
            "kr": self.amount,
            "date": self.day,
            "n": self.number,
            "pct": self.percent,
        }

    def get(self, key: str, /, **facts: Any) -> str:
        """The message of a key with its facts filled in; `count` chooses between singular and plural.

        Raises:
            MissingTextError: the catalogue has no such key.
        """
        if key not in self._messages:
            raise MissingTextError(key)
        forms = self._messages[key]
        chosen = forms[0] if len(forms) == 1 or facts.get("count") == 1 else forms[1]
        return "".join(
            [
                literal + self._shown[form](facts[name]) if name else literal
                for literal, name, form in _pieces(chosen)
            ]
        )

    def has(self, key: str) -> bool:
        """Whether the catalogue holds the key."""
        return key in self._messages

    def amount(self, ore: int) -> str:
        """Øre as kroner: 1.234,56 in Danish, 1,234.56 in English."""
        whole, part = divmod(abs(int(ore)), ORE_PER_KRONE)
        sign = "-" if ore < 0 else ""
        return f"{sign}{self.number(whole)}{self._decimal_mark}{part:02}"

    def number(self, value: int) -> str:
        """A count with thousands."""
        text = f"{int(value):,}"
        return text.replace(",", ".") if self.language is Language.DANISH else text

    def day(self, day: date | None) -> str:
        """A day: 24.11.2026 in Danish, 2026-11-24 in English; "" for none."""
        if day is None or day != day:  # noqa: PLR0124 - NaT is not equal to itself
            return ""
        return f"{day:%d.%m.%Y}" if self.language is Language.DANISH else f"{day:%Y-%m-%d}"

    def moment(self, moment: datetime) -> str:
        """A moment in the office's zone, to the minute."""
        local = moment.astimezone(OFFICE_ZONE)
        return (
            f"{self.day(local)} {local:%H.%M}"
            if self.language is Language.DANISH
            else f"{local:%Y-%m-%d %H:%M}"
        )

    def percent(self, per_mille: int) -> str:
        """Per mille as percent with one decimal."""
        text = f"{per_mille / PER_MILLE_TO_PERCENT:.1f}"
        return f"{text.replace('.', ',')} %" if self.language is Language.DANISH else f"{text}%"


@cache  # as many as the catalogue has messages
def _pieces(message: str) -> tuple[tuple[str, str, str], ...]:
    """A message in pieces: text, and the name and form of the fact after it."""
    return tuple((text, name or "", form or "") for text, name, form, _ in Formatter().parse(message))


@lru_cache
def _messages(language: Language) -> dict[str, tuple[str, ...]]:
    return {
        key: forms
        for file in files(__name__).iterdir()
        if file.name.startswith(f"{language}_") and file.name.endswith(".po")
        for key, forms in read_catalogue(file, language).items()
    }
