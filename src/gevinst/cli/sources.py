"""Reading files for a command: mappings from the command line, and questions where detection is unsure."""

import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from gevinst import bootstrap
from gevinst.app.run_report import SourceFact
from gevinst.cli import language
from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.masking import mask_cpr
from gevinst.domain.place import Place
from gevinst.domain.source import SourceRead
from gevinst.texts import Texts

PARTS = (
    "date, amount, text, reference, id, debit, credit, balance, counterparty, document, value_date, "
    "currency, account"
)

#: How what a file leaves open is answered in a mapping, by the code of the finding.
ANSWERS = {
    "FIL-003": "encoding=cp865",
    "LAY-003": "date=A,amount=D",
    "LAY-004": "date_order=dmy",
    "LAY-005": "number_style=comma",
}


def mapping_of(text: str, option: str) -> dict[str, str]:
    r"""The mapping in `date=Dato,amount=Beløb`; a comma in a column's name is written `\,`.

    Raises:
        click.BadParameter: a part without `=`.
    """
    parts = [part.replace("\0", ",") for part in text.replace("\\,", "\0").split(",") if part.strip()]
    mapping = {}
    for part in parts:
        name, mark, column = part.partition("=")
        if not mark or not column.strip():
            raise click.BadParameter(
                Texts(language()).get("cli.bad_mapping", part=part, known=PARTS), param_hint=option
            )
        mapping[name.strip()] = column.strip()
    return mapping


def read_file(path: Path, *, layout: str, mapping: Mapping[str, str], no_input: bool) -> SourceRead:
    """Read a file; ask where its form is unsure.

    Raises:
        InputRejectedError: the file cannot be used, or it is unsure and nobody may be asked.
    """
    from gevinst.formats.mapping import MappingError  # noqa: PLC0415 - loads pandas and the readers
    from gevinst.formats.reading import read_source, unsure  # noqa: PLC0415 - loads pandas and the readers

    own = bootstrap.own_layouts()
    answers: dict[str, str] = {}
    while True:
        try:
            read = read_source(
                path.absolute(),
                layout=layout or None,
                mapping=mapping or None,
                answers=answers or None,
                own=own,
            )
        except MappingError as error:
            raise _bad_mapping(error.key, error.value, error.choices) from error
        questions = [one for one in unsure(read) if one.subject not in answers]
        if not questions:
            return read
        if no_input:
            raise InputRejectedError(_unsure_findings(read))
        for question in questions:
            try:
                answers[question.subject] = _ask(read.file, question.subject, question.alternatives)
            except click.Abort:
                if sys.stdin.isatty():
                    raise  # a person stopped; without one, the answers had run out
                raise InputRejectedError(_unsure_findings(read)) from None


def _bad_mapping(key: str, value: str, choices: tuple[str, ...]) -> click.UsageError:
    """A role or a value of a mapping that does not exist, with the nearest that does."""
    texts = Texts(language())
    wrong, sentence = (value, "cli.no_such_choice") if key in PARTS else (key, "cli.no_such_role")
    near = get_close_matches(wrong, choices, n=1, cutoff=0.5)
    said = texts.get(sentence, name=key, value=value, known=", ".join(choices))
    return click.UsageError(" ".join([said, *(texts.get("cli.did_you_mean", near=one) for one in near)]))


def _unsure_findings(read: SourceRead) -> list[Finding]:
    """The findings that say what is unsure; the reader gives one for each question."""
    told = [one for one in read.findings if one.code in ("LAY-004", "LAY-005", "LAY-006")]
    return told or [Finding(code="LAY-006", place=Place(file=read.file))]


def _ask(file: str, subject: str, alternatives: tuple[str, ...]) -> str:
    texts = Texts(language())
    key = f"cli.ask.{subject}"
    question = texts.get(key if texts.has(key) else "cli.ask.other", file=file, subject=subject)
    answer = click.prompt(question, type=click.Choice(list(alternatives)), default=alternatives[0], err=True)
    return str(answer)


def answer_hint(findings: Sequence[Finding], *, option: str, file: str) -> list[str]:
    """Where to write what a file leaves open, with an example; nothing when it leaves nothing open."""
    examples = dict.fromkeys(ANSWERS[one.code] for one in findings if one.code in ANSWERS)
    if not examples:
        return []
    example = ",".join(examples)
    return [Texts(language()).get("cli.answer_hint", file=file, option=option, example=example)]


def assumption_lines(read: SourceRead | SourceFact, texts: Texts) -> list[str]:
    """What was taken for what in a file, and why; one sentence each."""
    sentences = (texts.get(one.because, **{"taken": one.taken, **one.facts}) for one in read.assumptions)
    return [f"  {mask_cpr(sentence)}" for sentence in sentences]
