"""Invoice distribution (F13): which employee shall receive each invoice of an EAN number.

An employee is found by an id in the reference, by the exact name, by first and last name, or by a first name
that only one has. Where two fit, or none, a person decides.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import joined_keys, list_of, place_of
from gevinst.domain.flow_settings import FlowSettings, RegularExpression

INVOICES, STAFF = "invoices", "staff"
BY_ID, BY_NAME, BY_ENDS, BY_FIRST = "by_id", "by_name", "by_ends", "by_first_name"
NOBODY, SEVERAL = "no_receiver", "several_receivers"
REFERENCES = ("name", "reference", "buyer_order", "seller_order")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Settings(FlowSettings):
    """The robot's [settings]."""

    id_pattern: RegularExpression = r"\b[A-Za-z]{2,3}\d{4,6}\b"  #: an employee's id


INVOICE_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="document", headings=("Fakturabilag",), filled=True),
        SourceColumn(key="day", kind=ColumnKind.DAY, headings=("Reg.dato", "Registreringsdato"), filled=True),
        SourceColumn(key="invoice_day", kind=ColumnKind.DAY, headings=("Bilagsdato",), required=False),
        SourceColumn(key="name", headings=("Ref.navn", "Referencenavn")),
        SourceColumn(
            key="reference", headings=("Fakturanr./Reference.", "Fakturanr./Reference", "Reference")
        ),
        SourceColumn(key="buyer_order", headings=("Købers ordrenr", "Købers ordrenr."), required=False),
        SourceColumn(key="seller_order", headings=("Sælgers ordrenr", "Sælgers ordrenr."), required=False),
    ),
    several=True,
)
STAFF_SHAPE = SourceShape(
    columns=(
        SourceColumn(key="id", headings=("Medarbejder-id", "Bruger-id", "Ident"), filled=True),
        SourceColumn(key="name", headings=("Navn", "Medarbejder"), filled=True),
    )
)
GIVEN_COLUMNS = (
    Column(key="document"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="reference_name", personal=True),
    Column(key="reference_text", personal=True),
    Column(key="receiver"),
    Column(key="found_by", worded=True),
)


@dataclass(frozen=True, kw_only=True)
class _Staff:
    """Ways to find an employee; each leads to the ids that it fits."""

    ids: dict[str, set[str]]
    names: dict[str, set[str]]
    ends: dict[str, set[str]]
    firsts: dict[str, set[str]]


def work_out(given: FlowInput) -> FlowResult:
    """Give each invoice its receiver; what nobody or several could have is a case."""
    settings: Settings = given.settings
    invoices = _answers(given.tables[INVOICES], _staff(given.tables[STAFF]), re.compile(settings.id_pattern))
    rows = invoices.rename(columns={"name": "reference_name", "reference": "reference_text"})
    found = rows[rows["receiver"] != ""]
    rest = rows[rows["receiver"] == ""].reset_index(drop=True)
    ways = Counter(found["found_by"].tolist())
    return FlowResult(
        conclusion="invoice_distribution",
        facts={"count": len(found), "open": len(rest), "by_id": ways[BY_ID]},
        controls=(
            Control(
                key="rows",
                expected=len(given.tables[INVOICES]),
                found=len(found) + len(rest),
                is_amount=False,
            ),
            Control(
                key="receivers_known",
                expected=len(found),
                found=int(found["receiver"].isin(given.tables[STAFF]["id"]).sum()),
                is_amount=False,
            ),
        ),
        tables=(
            list_of("distributed", GIVEN_COLUMNS, found),
            list_of("not_distributed", GIVEN_COLUMNS[:4], rest),
        ),
        cases=tuple(_cases(rest)),
        done={"invoice": list(joined_keys(found, ("document",)))},
    )


def _staff(rows: pd.DataFrame) -> _Staff:
    staff = _Staff(ids={}, names={}, ends={}, firsts={})
    for own, name in zip(rows["id"], rows["name"], strict=True):
        words = _words(name)
        staff.ids.setdefault(own.casefold(), set()).add(own)
        if words:
            staff.names.setdefault(" ".join(words), set()).add(own)
            staff.ends.setdefault(f"{words[0]} {words[-1]}", set()).add(own)
            staff.firsts.setdefault(words[0], set()).add(own)
    return staff


def _words(text: str) -> list[str]:
    """The words of a name; what stands behind a comma goes first: Efternavn, Fornavn."""
    last, comma, first = text.partition(",")
    return [word.casefold() for word in _WORD.findall(f"{first} {last}" if comma else text)]


def _answers(invoices: pd.DataFrame, staff: _Staff, pattern: re.Pattern[str]) -> pd.DataFrame:
    """The invoices with `receiver` ("" for none) and `found_by`; each way of writing is looked up once."""
    keys = list(zip(*(invoices[name] for name in REFERENCES), strict=True))
    known = {key: _answer(key, staff, pattern) for key in set(keys)}
    return invoices.assign(
        receiver=pd.Series([known[key][0] for key in keys], index=invoices.index, dtype="str"),
        found_by=pd.Series([known[key][1] for key in keys], index=invoices.index, dtype="str"),
    )


def _answer(texts: tuple[str, ...], staff: _Staff, pattern: re.Pattern[str]) -> tuple[str, str]:
    """The employee's id and the way it was found; or "" and why there is none."""
    for way, fits in _ways(texts, staff, pattern):
        if len(fits) == 1:
            return next(iter(fits)), way
        if fits:
            return "", SEVERAL
    return "", NOBODY


def _ways(texts: tuple[str, ...], staff: _Staff, pattern: re.Pattern[str]) -> Iterable[tuple[str, set[str]]]:
    """The ways in order, surest first, each with the employees that it fits."""
    ids = [found.group().casefold() for text in texts for found in pattern.finditer(text)]
    yield BY_ID, set().union(*(staff.ids.get(one, set()) for one in ids))
    words = _words(texts[0])
    if not words:
        return
    yield BY_NAME, staff.names.get(" ".join(words), set())
    if len(words) > 1:
        yield BY_ENDS, staff.ends.get(f"{words[0]} {words[-1]}", set())
    else:
        yield BY_FIRST, staff.firsts.get(words[0], set())


def _cases(rows: pd.DataFrame) -> Iterable[FlowCase]:
    for row, item_id in zip(rows.to_dict("records"), joined_keys(rows, ("document",)), strict=True):
        yield FlowCase(
            item_id=item_id,
            cause=row["found_by"],
            day=row["day"].date(),
            text=row["reference_text"],
            counterparty=row["reference_name"],
            document=row["document"],
            place=place_of(row),
        )


FLOW = Flow(
    id="invoice_distribution",
    sources={INVOICES: INVOICE_SHAPE, STAFF: STAFF_SHAPE},
    settings=Settings,
    work_out=work_out,
)
