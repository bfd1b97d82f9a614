"""Debt sorting (F6): which fees of the debt lists are out of date and may be written off; nothing is booked.

The lists come in parts named YYYYMMDDRPA03_<part>_<count>: without all parts of one day nothing is sorted:
a fee may only go when its principal is on no part. A second source, SAP's list of reminder locks, keeps the
fees of the agreements on it. Each row gets the first reason that keeps it, in the order of REASONS.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gevinst.domain.finding import Finding, InputRejectedError
from gevinst.domain.flow import (
    PLACE_COLUMNS,
    Column,
    ColumnKind,
    Control,
    FileRead,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import joined_keys, list_of, place_of
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.place import Place

LISTS, LOCKS = "lists", "locks"
NAME_OF_PART, PART_MISSING, PARTS_DIFFER = "TAB-041", "TAB-042", "TAB-043"
READY, DAY_CARE, NO_DAY = "ready", "day_care", "no_expiry_day"
_PART = re.compile(r"(\d{8})\D+\w*?_(\d{1,3})_(\d{1,3})\.\w+", re.IGNORECASE)


class Settings(FlowSettings):
    """The robot's [settings]; the codes are those of the debt lists."""

    kept_contents: tuple[str, ...] = tuple("BØVO EJEN BYGS BYGB MERE MERU BUMR PLAL PLFL KAAL KAFL".split())  # noqa: SIM905 - one line reads better
    day_care_contents: tuple[str, ...] = ("DAGI", "DAG2", "SFO2")  #: their fees go on a list of their own
    fee_transactions: tuple[str, ...] = ("ZGBY", "ZREN")
    fee_rates: tuple[str, ...] = ("LRT",)
    kept_locks: tuple[str, ...] = ("N",)  #: reasons of a reminder lock
    kept_agreements: tuple[tuple[str, str], ...] = (("MO", "28"), ("IN", "21"))  #: agreement and its status


def _text(key: str, *headings: str, filled: bool = False) -> SourceColumn:
    return SourceColumn(key=key, headings=headings, filled=filled)


SHAPE = SourceShape(
    columns=(
        _text("liable", "Medhæfter"),
        _text("collection", "RIM Aftale"),
        _text("collection_status", "RIM aftalestatus"),
        _text("debt_content", "Indholdsart"),
        _text("agreement_type", "Aftale type", "Aftaletype"),
        _text("transaction", "Hovedtransakt.", "Hovedtransaktion"),
        _text("rate", "Ratespecifikation"),
        _text("lock", "RykkespærÅrsag", "Rykkespærårsag"),
        SourceColumn(key="expires", kind=ColumnKind.DAY, headings=("Forældelsesdato",), doubtful=True),
        _text("debt_partner", "ForretnPartner", "Forretningspartner", filled=True),
        _text("debt_agreement", "Aftale", filled=True),
        _text("document", "Bilagsnummer", filled=True),
        SourceColumn(key="debt_position", headings=("FP",), required=False),
    ),
    several=True,
)
LOCK_SHAPE = SourceShape(
    optional=True,
    form="lock_list",
    columns=(
        _text("debt_partner", "ForretnPartner", filled=True),
        _text("debt_agreement", "Aftale", filled=True),
    ),
)
_IDS = (
    Column(key="debt_agreement"),
    Column(key="document"),
    Column(key="debt_position"),
)
LIST_COLUMNS = (
    *_IDS,
    Column(key="debt_partner", personal=True),
    Column(key="debt_content"),
    Column(key="expires", kind=ColumnKind.DAY),
)
KEPT_COLUMNS = (Column(key="kept_reason", worded=True), *LIST_COLUMNS)
COUNT_COLUMNS = (Column(key="kept_reason", worded=True), Column(key="count", kind=ColumnKind.COUNT))
_Test = Callable[[pd.DataFrame, Settings, pd.Timestamp], Any]
#: Why a row stays, in order; the first that fits counts. What no reason keeps is a fee that may go.
REASONS: Mapping[str, _Test] = {
    "repeated": lambda rows, _of, _day: rows["repeated"],
    "co_liable": lambda rows, _of, _day: rows["liable"] != "",
    "in_collection": lambda rows, of, _day: _in_collection(rows, of),
    "kept_content": lambda rows, of, _day: rows["debt_content"].isin(of.kept_contents),
    "agreement_type": lambda rows, _of, _day: rows["agreement_type"] != "",
    "principal": lambda rows, _of, _day: ~rows["is_fee"],
    "locked": lambda rows, of, _day: rows["lock"].isin(of.kept_locks),
    "on_lock_list": lambda rows, _of, _day: rows["on_lock_list"],
    NO_DAY: lambda rows, _of, _day: rows["expires"].isna(),
    "not_expired": lambda rows, _of, day: rows["expires"] > day,
    "principal_left": lambda rows, _of, _day: rows["has_principal"],
    DAY_CARE: lambda rows, of, _day: rows["debt_content"].isin(of.day_care_contents),
}


def work_out(given: FlowInput) -> FlowResult:
    """Sort the lists; a fee with no expiry day that can be read is a case.

    Raises:
        InputRejectedError: TAB-041 to TAB-043, parts that are named otherwise, missing, or of two days.
    """
    check_parts(given.files[LISTS])
    lists = _with_locks(given.tables[LISTS], given.tables.get(LOCKS))
    rows = _sorted(lists, given.settings, pd.Timestamp(given.as_of))
    ready, day_care = (rows[rows["kept_reason"] == fate] for fate in (READY, DAY_CARE))
    kept = rows[~rows["kept_reason"].isin([READY, DAY_CARE])]
    counts = kept.groupby("kept_reason").size().rename("count").astype("Int64").reset_index()
    unsure = rows[rows["kept_reason"] == NO_DAY].reset_index(drop=True)
    return FlowResult(
        conclusion="debt_sorting",
        facts={"count": len(ready), "day_care": len(day_care), "kept": len(kept), "open": len(unsure)},
        controls=(
            Control(
                key="rows",
                expected=sum(one.counts.read for one in given.files[LISTS]),
                found=sum(map(len, (ready, day_care, kept))),
                is_amount=False,
            ),
            Control(
                key="kept_counted", expected=len(kept), found=int(counts["count"].sum()), is_amount=False
            ),
        ),
        tables=(
            list_of("fees_to_write_off", LIST_COLUMNS, ready),
            list_of("day_care_fees", LIST_COLUMNS, day_care),
            ResultTable(key="kept_counts", columns=COUNT_COLUMNS, rows=counts),
            list_of("kept_debts", KEPT_COLUMNS, kept),
        ),
        cases=tuple(_cases(unsure, given)),
        done={"row": list(joined_keys(rows, ("debt_agreement", "document", "debt_position")))},
    )


def check_parts(files: tuple[FileRead, ...]) -> None:
    """All parts of one day's lists must be there, each once.

    Raises:
        InputRejectedError: TAB-041 a name without day, part and count; TAB-042 a part is missing or there
            twice; TAB-043 parts of several days or counts.
    """
    names = [(one.file, _PART.fullmatch(one.file)) for one in files]
    unnamed = [Finding(code=NAME_OF_PART, place=Place(file=file)) for file, found in names if not found]
    if unnamed:
        raise InputRejectedError(unnamed)
    parts = [(found[1], int(found[2]), int(found[3])) for _, found in names if found]
    sets = {(day, count) for day, _, count in parts}
    place = Place(file=", ".join(sorted(file for file, _ in names)))
    if len(sets) > 1:
        told = ", ".join(f"{day} ({count})" for day, count in sorted(sets))
        raise InputRejectedError([Finding(code=PARTS_DIFFER, place=place, found=told)])
    count = parts[0][2]
    seen = sorted(part for _, part, _ in parts)
    if seen != list(range(1, count + 1)):
        found = ", ".join(map(str, seen))
        raise InputRejectedError(
            [Finding(code=PART_MISSING, place=place, found=found, facts={"count": count})]
        )


def _with_locks(lists: pd.DataFrame, locks: pd.DataFrame | None) -> pd.DataFrame:
    """The rows with `on_lock_list`: whether their partner's agreement is locked, zeros in front aside."""
    if locks is None:
        return lists.assign(on_lock_list=False)
    own, locked = (
        pd.MultiIndex.from_arrays([rows[name].str.lstrip("0") for name in ("debt_partner", "debt_agreement")])
        for rows in (lists, locks)
    )
    return lists.assign(on_lock_list=own.isin(locked))


def _sorted(lists: pd.DataFrame, settings: Settings, day: pd.Timestamp) -> pd.DataFrame:
    """The rows with `kept_reason`: READY where nothing keeps them."""
    own = [name for name in lists.columns if name not in PLACE_COLUMNS]
    is_fee = lists["transaction"].isin(settings.fee_transactions) | lists["rate"].isin(settings.fee_rates)
    keys = pd.MultiIndex.from_frame(lists[["debt_partner", "debt_agreement"]])
    # Any principal on the lists keeps the fee, also one that another reason keeps: nothing goes by mistake.
    rows = lists.assign(
        is_fee=is_fee, repeated=lists.duplicated(own), has_principal=keys.isin(keys[~is_fee.to_numpy()])
    )
    tests = [np.asarray(test(rows, settings, day), dtype=bool) for test in REASONS.values()]
    return rows.assign(kept_reason=np.select(tests, list(REASONS), READY))


def _in_collection(rows: pd.DataFrame, settings: Settings) -> Any:
    pairs = pd.MultiIndex.from_frame(rows[["collection", "collection_status"]])
    return pairs.isin([*settings.kept_agreements, ("", "")]) & (rows["collection"] != "")


def _cases(rows: pd.DataFrame, given: FlowInput) -> Iterator[FlowCase]:
    keys = joined_keys(rows, ("debt_agreement", "document", "debt_position"))
    for row, item_id in zip(rows.to_dict("records"), keys, strict=True):
        yield FlowCase(
            item_id=item_id,
            cause="debt_without_day",
            day=given.as_of,
            text=row["debt_content"],
            reference=row["debt_agreement"],
            document=row["document"],
            place=place_of(row),
        )


FLOW = Flow(
    id="debt_sorting", sources={LISTS: SHAPE, LOCKS: LOCK_SHAPE}, settings=Settings, work_out=work_out
)
