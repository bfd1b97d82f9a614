"""Master data by their check rules: CVR, EAN, CPR, bank account; and numbers that stand on several records.

The report names the record and the field. A CPR number or a person's name never leaves the flow.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import pandas as pd

from gevinst.domain.check_rules import bank_problem, cpr_problem, cvr_problem, gln_problem
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
from gevinst.domain.flow_rows import joined_keys, place_of
from gevinst.domain.flow_settings import FlowSettings

REGISTER = "register"
CPR = r"\d{6}[ -]?\d{4}"
#: Fields with a rule of their own.
RULES: dict[str, Callable[[str], str]] = {"cvr": cvr_problem, "ean": gln_problem, "cpr": cpr_problem}
#: Fields as the lists show them.
NAMES = {"cvr": "CVR", "ean": "EAN", "cpr": "CPR", "bank": "Reg./konto", "cvr/cpr": "CVR/CPR"}
#: Fields that two records may not share.
UNIQUE = ("cvr", "ean", "bank")


class Settings(FlowSettings):
    """The robot's [settings]."""

    may_share: tuple[Literal["cvr", "ean", "bank"], ...] = ()  #: fields that records may share
    needs_one_of: tuple[Literal["cvr", "ean", "cpr", "bank"], ...] = (
        "cvr",
        "cpr",
    )  #: a record without any of these is a case


def _optional(key: str, *headings: str) -> SourceColumn:
    return SourceColumn(key=key, headings=headings, required=False)


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="number", headings=("Kreditornr.", "Debitornr.", "Nummer", "Kundenr."), filled=True),
        _optional("cvr", "CVR-nummer", "CVR-nr.", "CVR"),
        _optional("ean", "EAN-nummer", "EAN-nr.", "EAN", "GLN"),
        _optional("cpr", "CPR-nummer", "CPR-nr.", "CPR"),
        _optional("registration", "Reg.nr.", "Registreringsnummer", "Reg. nr."),
        _optional("bank", "Kontonummer", "Kontonr.", "Bankkonto"),
    ),
)
BY_RULE = (
    Column(key="md_field"),
    Column(key="md_filled", kind=ColumnKind.COUNT),
    Column(key="md_wrong", kind=ColumnKind.COUNT),
)


def work_out(given: FlowInput) -> FlowResult:
    """Hold every filled field to its rule; each that breaks one is a case."""
    settings: Settings = given.settings
    rows = _prepared(given.tables[REGISTER])
    parts = [*_broken(rows), *_shared(rows, settings), _empty(rows, settings)]
    wrong = (
        pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else None
    )
    found = rows.head(0).assign(md_field="", md_problem="") if wrong is None else wrong
    bad = set(found["place_line"])
    right = rows[~rows["place_line"].isin(bad)]
    return FlowResult(
        conclusion="master_data_checks",
        facts={"count": len(rows), "wrong": len(found), "records": len(bad)},
        controls=(Control(key="rows", expected=len(rows), found=len(right) + len(bad), is_amount=False),),
        tables=(ResultTable(key="md_rules", columns=BY_RULE, rows=_by_rule(rows, found)),),
        cases=tuple(_cases(found, given)),
        done={"record": right["md_record"].tolist()},
    )


def _prepared(register: pd.DataFrame) -> pd.DataFrame:
    """The register with blanks taken out of numbers, and what may be shown of each record."""
    plain = {
        name: register[name].str.replace(r"[ .]", "", regex=True) for name in (*RULES, "registration", "bank")
    }
    rows = register.assign(**plain)
    place = rows["place_file"] + ":" + rows["place_line"].astype(str)
    shown = rows["number"].where(~rows["number"].str.fullmatch(CPR), place)
    account = (rows["registration"] + "-" + rows["bank"]).where(rows["registration"] + rows["bank"] != "", "")
    return rows.assign(md_record=shown, account=account)


def _broken(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for field, rule in RULES.items():
        filled = rows[rows[field] != ""]
        problems = filled[field].map({text: rule(text) for text in filled[field].unique()})
        yield filled.assign(md_field=field, md_problem=problems)[problems != ""]
    filled = rows[rows["account"] != ""]
    pairs = zip(filled["registration"], filled["bank"], strict=True)
    problems = pd.Series([bank_problem(*pair) for pair in pairs], index=filled.index, dtype="str")
    yield filled.assign(md_field="bank", md_problem=problems)[problems != ""]


def _shared(rows: pd.DataFrame, settings: Settings) -> Iterator[pd.DataFrame]:
    """Records with a number that an earlier record has too, and that one."""
    for field in UNIQUE:
        if field in settings.may_share:
            continue
        column = "account" if field == "bank" else field
        whole = (rows["registration"] != "") & (rows["bank"] != "") if field == "bank" else rows[field] != ""
        filled = rows[whole]
        yield filled[filled[column].duplicated(keep=False)].assign(md_field=field, md_problem="shared")


def _empty(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    if not settings.needs_one_of:
        return rows.head(0)
    texts = rows[list(settings.needs_one_of)]
    return rows[(texts == "").all(axis=1)].assign(
        md_field="/".join(settings.needs_one_of), md_problem="empty"
    )


def _by_rule(rows: pd.DataFrame, wrong: pd.DataFrame) -> pd.DataFrame:
    names = (*RULES, "bank")
    filled = [int((rows["account" if name == "bank" else name] != "").sum()) for name in names]
    count = wrong["md_field"].value_counts()
    table = {
        "md_field": [NAMES[one] for one in names],
        "md_filled": filled,
        "md_wrong": [int(count.get(one, 0)) for one in names],
    }
    return pd.DataFrame(table).astype({"md_filled": "Int64", "md_wrong": "Int64"})


def _cases(found: pd.DataFrame, given: FlowInput) -> Iterator[FlowCase]:
    ids = joined_keys(found, ("md_record", "md_field", "md_problem"))
    for row, item_id in zip(found.to_dict("records"), ids, strict=True):
        yield FlowCase(
            item_id=item_id,
            cause=f"md_{row['md_problem']}",
            day=given.as_of,
            text=NAMES.get(row["md_field"], row["md_field"].upper()),
            reference=row["md_record"],
            place=place_of(row),
        )


FLOW = Flow(id="master_data_checks", sources={REGISTER: SHAPE}, settings=Settings, work_out=work_out)
