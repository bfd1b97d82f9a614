"""Duplicate notices (F16): reminders to staff that the ERP has made more than once for one account and text.

The oldest stays; the others are listed for closing. The robot closes nothing.
"""

from collections.abc import Iterator

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
from gevinst.domain.flow_settings import FlowSettings

NOTICES = "notices"
STAYS, CLOSE, NO_TEXT, OTHER_KIND = "stays", "close", "no_text", "other_kind"


class Settings(FlowSettings):
    """The robot's [settings]."""

    prefix: str = "PSRM"  #: notices whose text begins so, in any case; "" takes all


SHAPE = SourceShape(
    columns=(
        SourceColumn(key="account", headings=("CustAccount", "Debitorkonto", "Konto"), filled=True),
        SourceColumn(key="text", headings=("AdviceText", "Advistekst", "Tekst")),
        SourceColumn(
            key="day", kind=ColumnKind.DAY, headings=("AdviceDate", "Advisdato", "Dato"), filled=True
        ),
        SourceColumn(
            key="number", kind=ColumnKind.COUNT, headings=("RecIdLoc", "RecId", "Advisnr."), filled=True
        ),
    )
)
COLUMNS = (
    Column(key="notice", kind=ColumnKind.COUNT),
    Column(key="account"),
    Column(key="notice_text", personal=True),
    Column(key="day", kind=ColumnKind.DAY),
    Column(key="stays_notice", kind=ColumnKind.COUNT),
)


def work_out(given: FlowInput) -> FlowResult:
    """Keep the oldest notice of each account and text, list the others for closing.

    Equal days go to the lower number. A notice with no text is a case: nobody can say what it repeats.
    """
    rows = _with_fates(given.tables[NOTICES], given.settings)
    parts = {fate: rows[rows["fate"] == fate] for fate in (STAYS, CLOSE, NO_TEXT, OTHER_KIND)}
    return FlowResult(
        conclusion="duplicate_notices",
        facts={
            "count": len(parts[CLOSE]),
            "stays": len(parts[STAYS]),
            "other": len(parts[OTHER_KIND]),
            "open": len(parts[NO_TEXT]),
        },
        controls=(
            Control(
                key="rows",
                expected=len(given.tables[NOTICES]),
                found=sum(map(len, parts.values())),
                is_amount=False,
            ),
            Control(
                key="one_stays",
                expected=_subjects(given.tables[NOTICES], given.settings),
                found=len(parts[STAYS]),
                is_amount=False,
            ),
        ),
        tables=(
            list_of("notices_to_close", COLUMNS, parts[CLOSE]),
            list_of("notices_that_stay", COLUMNS[:-1], parts[STAYS]),
            list_of("other_notices", COLUMNS[:-1], parts[OTHER_KIND]),
        ),
        cases=tuple(_cases(parts[NO_TEXT])),
        done={"notice": list(joined_keys(parts[CLOSE], ("notice",)))},
    )


def _with_fates(notices: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Each notice with its fate and the one that stays for it."""
    rows = notices.assign(subject=_subject(notices["text"])).sort_values(["day", "number"], kind="stable")
    ours = _is_ours(rows["subject"], settings)
    first = rows[ours].groupby(["account", "subject"])["number"].transform("first")
    position = rows[ours].groupby(["account", "subject"]).cumcount()
    rows["fate"] = OTHER_KIND
    rows.loc[rows["subject"] == "", "fate"] = NO_TEXT
    rows.loc[position.index, "fate"] = (position == 0).map({True: STAYS, False: CLOSE})
    rows["stays_notice"] = first.reindex(rows.index).astype("Int64")
    return rows.rename(columns={"number": "notice", "text": "notice_text"})


def _subject(texts: "pd.Series[str]") -> "pd.Series[str]":
    """The text in one way of writing: case and runs of spaces do not count."""
    return texts.str.casefold().str.split().str.join(" ")


def _is_ours(subjects: "pd.Series[str]", settings: Settings) -> "pd.Series[bool]":
    return (subjects != "") & subjects.str.startswith(settings.prefix.casefold())


def _subjects(notices: pd.DataFrame, settings: Settings) -> int:
    """How many accounts and texts there are, counted without sorting or grouping."""
    subjects = _subject(notices["text"])
    ours = _is_ours(subjects, settings)
    return len(set(zip(notices["account"][ours], subjects[ours], strict=True)))


def _cases(rows: pd.DataFrame) -> Iterator[FlowCase]:
    ids = joined_keys(rows, ("account", "notice"))
    for row, item_id in zip(rows.to_dict("records"), ids, strict=True):
        yield FlowCase(
            item_id=item_id,
            cause="notice_without_text",
            day=row["day"].date(),
            reference=str(row["account"]),
            document=str(row["notice"]),
            place=place_of(row),
        )


FLOW = Flow(id="duplicate_notices", sources={NOTICES: SHAPE}, settings=Settings, work_out=work_out)
