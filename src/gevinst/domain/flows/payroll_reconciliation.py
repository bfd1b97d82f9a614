"""Payroll against the ledger: the payroll system's list and the postings, per person and per account.

A person is shown by employee number. Where a file has CPR numbers instead, the place in the file stands for
the person: a CPR number is used to compare, and leaves the flow in no list, case or key.
"""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from pydantic import Field

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of, total
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.keyed_comparison import BOTH, ONE, compare

PAYROLL, LEDGER = "payroll", "ledger"
EMPTY = "TAB-004"


class Settings(FlowSettings):
    """The robot's [settings]."""

    accounts: tuple[str, ...] = ()  #: beginnings of the ledger's payroll accounts; empty for all its rows
    tolerance: Decimal = Field(default=Decimal(0), ge=0, le=10)  #: kroner that a person may differ


_PERSON = ("Medarbejdernr.", "Medarbejdernummer", "Tjenestenummer", "Tjenestenr.", "Lønnummer")
_CPR = ("CPR-nummer", "CPR-nr.", "CPR", "Ydelsesmodtagernr.")
_ACCOUNT = ("Artskonto", "Konto", "Lønart-konto")


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="person", headings=_PERSON, required=False),
        SourceColumn(key="cpr", headings=_CPR, required=False),
        SourceColumn(key="account", headings=_ACCOUNT, filled=True),
        SourceColumn(
            key="day",
            kind=ColumnKind.DAY,
            headings=("Dato", "Bogføringsdato", "Dispositionsdato"),
            filled=True,
        ),
        SourceColumn(
            key="amount",
            kind=ColumnKind.AMOUNT,
            headings=("Beløb", "Bruttoløn", "Løn i alt"),
            filled=True,
        ),
        SourceColumn(key="document", headings=("Bilagsnummer", "Bilag"), required=False),
    ),
    skip=("i alt", "sum", "total"),
)


PERSONS = (
    Column(key="pay_person"),
    Column(key="pay_list", kind=ColumnKind.AMOUNT),
    Column(key="pay_ledger", kind=ColumnKind.AMOUNT),
    Column(key="pay_difference", kind=ColumnKind.AMOUNT),
)
ACCOUNTS = (Column(key="pay_account"), *PERSONS[1:])
NO_PERSON = (
    Column(key="pay_account"),
    Column(key="document"),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="amount", kind=ColumnKind.AMOUNT),
)
_AMOUNTS = ("pay_list", "pay_ledger", "pay_difference")
_NAMES = {"one": "pay_list", "other": "pay_ledger", "difference": "pay_difference"}
_CAUSES = {BOTH: "pay_differs", ONE: "pay_not_posted"}


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """What the comparison has found; amounts in øre."""

    payroll: pd.DataFrame  #: the payroll system's rows, with their `key`
    ledger: pd.DataFrame  #: rows of the payroll accounts, with their `key`
    nobody: pd.DataFrame  #: rows of the ledger that name no person
    differing: pd.DataFrame  #: a row per person beyond the tolerance
    agreed: pd.DataFrame  #: a row per person within it
    accounts: pd.DataFrame  #: a row per account


def work_out(given: FlowInput) -> FlowResult:
    """Compare per person and per account; what differs is a case for a person."""
    settings: Settings = given.settings
    payroll = given.tables[PAYROLL]
    ledger = _of_accounts(given.tables[LEDGER], settings.accounts)
    other = len(given.tables[LEDGER]) - len(ledger)
    payroll, ledger = _keyed(payroll, ledger)
    nobody = ledger[ledger["key"] == ""]
    persons = compare(payroll, ledger[ledger["key"] != ""], by=("key",)).keys
    persons = persons.assign(pay_person=_shown(persons, payroll, ledger))
    within = (persons["where"] == BOTH) & (persons["difference"].abs() <= int(settings.tolerance * 100))
    compared = _Compared(
        payroll=payroll,
        ledger=ledger,
        nobody=nobody,
        differing=persons[~within],
        agreed=persons[within],
        accounts=compare(payroll, ledger, by=("account",)).keys.rename(columns={"account": "pay_account"}),
    )
    return FlowResult(
        conclusion="payroll_reconciliation",
        facts={
            "persons": len(persons),
            "differing": len(compared.differing),
            "amount": total(ledger) - total(payroll),
            "nobody": len(nobody),
            "other": other,
        },
        controls=_controls(compared, persons),
        tables=_tables(compared),
        cases=(
            *(_case(row) for row in compared.differing.to_dict("records")),
            *(_nobody_case(row) for row in nobody.to_dict("records")),
        ),
        done={"person": compared.agreed["pay_person"].tolist()},
    )


def _controls(compared: _Compared, persons: pd.DataFrame) -> tuple[Control, ...]:
    """That every row of both sides is counted, and that the differences lead from one sum to the other."""
    one, other = total(compared.payroll), total(compared.ledger)
    nobody = total(compared.nobody)
    bridge = total(compared.differing, "difference") + total(compared.agreed, "difference") + nobody
    return (
        Control(key="pay_list_sum", expected=one, found=total(persons, "one")),
        Control(key="pay_ledger_sum", expected=other, found=total(persons, "other") + nobody),
        Control(key="pay_accounts_sum", expected=other, found=total(compared.accounts, "other")),
        Control(key="pay_bridge", expected=other - one, found=bridge),
    )


def _tables(compared: _Compared) -> tuple[ResultTable, ...]:
    differing = compared.differing.rename(columns=_NAMES)
    accounts = compared.accounts.rename(columns=_NAMES)
    nobody = compared.nobody.rename(columns={"account": "pay_account"})
    return (
        ResultTable(key="pay_differing", columns=PERSONS, rows=differing, summed=_AMOUNTS),
        ResultTable(key="pay_accounts", columns=ACCOUNTS, rows=accounts, summed=_AMOUNTS),
        ResultTable(key="pay_nobody", columns=NO_PERSON, rows=nobody, summed=("amount",)),
    )


def _of_accounts(ledger: pd.DataFrame, beginnings: tuple[str, ...]) -> pd.DataFrame:
    return ledger[ledger["account"].str.startswith(beginnings)] if beginnings else ledger


def _keyed(payroll: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both sides with the `key` that they share: the employee number, or the CPR number where one lacks it.

    Raises:
        InputRejectedError: TAB-004 rows of the payroll list that name nobody.
    """
    both_have_numbers = all((side["person"] != "").any() for side in (payroll, ledger))
    column = "person" if both_have_numbers else "cpr"
    sides = [side.assign(key=side[column].str.replace(r"[ -]", "", regex=True)) for side in (payroll, ledger)]
    nameless = sides[0][sides[0]["key"] == ""].to_dict("records")
    if nameless:
        heading = (_PERSON if column == "person" else _CPR)[0]
        raise InputRejectedError(
            [Finding(code=EMPTY, place=place_of(row), facts={"column": heading}) for row in nameless]
        )
    return sides[0], sides[1]


def _shown(persons: pd.DataFrame, *sides: pd.DataFrame) -> pd.Series:
    """Each person's employee number; the place of the first row where neither side has one."""
    numbers: dict[str, str] = {}
    for side in sides:
        known = side[side["person"] != ""]
        numbers = dict(zip(known["key"], known["person"], strict=True)) | numbers
    place = persons["place_file"] + ":" + persons["place_line"].astype("int64").astype(str)
    return persons["key"].map(numbers).fillna(place).astype("str")


def _case(row: dict) -> FlowCase:  # type: ignore[type-arg] # a row of persons
    return FlowCase(
        item_id=f"person:{row['pay_person']}",
        cause=_CAUSES.get(row["where"], "pay_not_in_list"),
        amount=int(row["difference"]),
        day=row["day"].date(),
        reference=row["pay_person"],
        place=place_of(row),
    )


def _nobody_case(row: dict) -> FlowCase:  # type: ignore[type-arg] # a row of the ledger
    return FlowCase(
        item_id=f"row:{row['account']}:{row['document']}:{row['day']:%Y-%m-%d}:{int(row['place_line'])}",
        cause="pay_no_person",
        amount=int(row["amount"]),
        day=row["day"].date(),
        reference=row["account"],
        document=row["document"],
        place=place_of(row),
    )


FLOW = Flow(
    id="payroll_reconciliation",
    sources={PAYROLL: SHAPE, LEDGER: SHAPE},
    settings=Settings,
    work_out=work_out,
)
