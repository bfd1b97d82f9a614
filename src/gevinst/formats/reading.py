"""The way in: one file, known or unknown, becomes a `SourceRead`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gevinst.domain.source import Assumption, SourceRead
from gevinst.formats.detection import Told, read_known_or_unknown
from gevinst.formats.intake import take_in
from gevinst.formats.layouts import Layout, layout_named, packaged_layouts
from gevinst.formats.plan import ALTERNATIVE_MARK


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that a file leaves open and a person can answer."""

    subject: str  #: key for `answers`: date_order, number_style, amount, date, sign, sheet
    taken: str  #: what was taken for the time being
    alternatives: tuple[str, ...]  #: possible answers, the likeliest first
    because: str  #: key of the reason in the catalogue
    facts: Mapping[str, str | int]  #: for the sentence


def read_source(
    path: Path,
    *,
    layout: str | Layout | None = None,
    mapping: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    own: Mapping[str, Layout] | None = None,
) -> SourceRead:
    """Read one file.

    Args:
        path: the file.
        layout: a layout, or the id of one.
        mapping: role → column (header name, number from 1, or letter), and options such as `date_order`.
        answers: answers to questions of an earlier read; same keys as `mapping`, and they win over it.
        own: the office's own layouts; each goes before one of the package.

    Raises:
        InputRejectedError: the file cannot be used at all; holds every finding.
    """
    intake = take_in(path)
    known = {**(own or {}), **packaged_layouts(), **(own or {})}
    named = layout_named(layout, intake.name, known) if isinstance(layout, str) else layout
    told = Told(mapping={**(mapping or {}), **(answers or {})}, layout=named, known=known)
    read = read_known_or_unknown(intake, told)
    used = named if named and named.id == read.layout else known.get(read.layout)
    return replace(read, layout_version=used.version if used else None)


def unsure(read: SourceRead) -> list[Question]:
    """The questions that a person should answer before the file is used."""
    return [_question(assumption) for assumption in read.assumptions if not assumption.sure]


def _question(assumption: Assumption) -> Question:
    choices = str(assumption.facts.get("alternatives", assumption.taken)).split(ALTERNATIVE_MARK)
    return Question(
        subject=assumption.subject,
        taken=assumption.taken,
        alternatives=tuple(choices),
        because=assumption.because,
        facts=assumption.facts,
    )
