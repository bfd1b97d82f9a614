"""Budget lines: what the ERP says and what departments say, side by side, in øre."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from gevinst.domain.consolidation import FILE, LINE, SHEET

UNIT, ACCOUNT, REASON = "unit", "gl_account", "reason"
KEYS = [UNIT, ACCOUNT]
MILLE = 1000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From what a deviation is listed; both must be reached."""

    amount: int  #: øre
    per_mille: int  #: of the budget


@dataclass(frozen=True, kw_only=True)
class BudgetBook:
    """All that the workbook for management shows."""

    period: str
    lines: pd.DataFrame  #: see lines_of
    departments: pd.DataFrame  #: see department_table
    doubtful: pd.DataFrame  #: doubt, unit, text, cell and PLACE_COLUMNS
    changes: pd.DataFrame  #: see changes
    limits: Limits

    @property
    def differences(self) -> pd.DataFrame:
        """The lines on which department and ERP do not agree; `cell` is that of the spending."""
        lines = self.lines[self.lines["differs"]]
        return lines.assign(cell=lines["spent_cell"])


def lines_of(rows: pd.DataFrame, ledger: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Each unit and account once, in order.

    Args:
        rows: of departments: unit, gl_account, text, budget, spent, forecast, note, cell (of the forecast),
            spent_cell and PLACE_COLUMNS.
        ledger: of the ERP: unit, gl_account, budget, spent.
        limits: from what a deviation is listed.

    Returns:
        unit, gl_account, text, note, budget and spent of the ERP, budget_told and spent_told of the
        department, forecast (<NA> where the department gives none), deviation (forecast less budget),
        differs, listed, cells and PLACE_COLUMNS of the first row behind it ("" and 0 where there is none).
    """
    told = _told(rows)
    booked = ledger.groupby(KEYS)[["budget", "spent"]].sum()
    lines = booked.join(told, how="outer").reset_index()
    amounts = ["budget", "spent", "budget_told", "spent_told"]
    lines[amounts] = lines[amounts].astype("Int64").fillna(0)
    texts = ["text", "note", "cell", "spent_cell", FILE, SHEET]
    lines[texts] = lines[texts].astype("object").fillna("").astype("str")
    lines[LINE] = lines[LINE].fillna(0).astype("int64")
    lines["forecast"] = lines["forecast"].astype("Int64")
    deviation = lines["forecast"] - lines["budget"]
    differs = (lines["budget_told"] != lines["budget"]) | (lines["spent_told"] != lines["spent"])
    return lines.assign(
        deviation=deviation,
        differs=differs.astype("bool"),
        listed=_listed(deviation, lines["budget"], limits),
    )


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """What departments say by unit and account; an account on two rows is summed."""
    grouped = rows.groupby(KEYS)
    firsts = grouped[["text", "cell", "spent_cell", FILE, SHEET, LINE]].first()
    sums = grouped[["budget", "spent"]].sum().add_suffix("_told")
    forecast = grouped["forecast"].sum(min_count=1)
    notes = grouped["note"].agg(lambda part: "; ".join(dict.fromkeys(one for one in part if one)))
    return firsts.join([sums, forecast, notes])


def _listed(deviation: pd.Series, budget: pd.Series, limits: Limits) -> pd.Series:
    size = deviation.abs()
    enough = (size >= limits.amount) & (size * MILLE >= budget.abs() * limits.per_mille) & (size > 0)
    return enough.fillna(value=False).astype("bool")


def department_table(lines: pd.DataFrame, names: Mapping[str, str], files: Mapping[str, str]) -> pd.DataFrame:
    """Each unit that should send or has postings: name, file ("" for none), sums, and `off`.

    `off` is what the department says is spent less what the ERP says. A unit without any forecast has none.
    """
    grouped = lines.groupby(UNIT)
    sums = grouped[["budget", "spent", "spent_told"]].sum()
    sums[["forecast", "deviation"]] = grouped[["forecast", "deviation"]].sum(min_count=1)
    units = sorted({*names, *sums.index})
    table = sums.reindex(units).astype("Int64")
    table[["budget", "spent", "spent_told"]] = table[["budget", "spent", "spent_told"]].fillna(0)
    return (
        table.assign(
            off=table["spent_told"] - table["spent"],
            name=[names.get(unit, "") for unit in units],
            file=[files.get(unit, "") for unit in units],
        )
        .rename_axis(UNIT)
        .reset_index()
    )


def changes(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Lines whose budget or forecast is not what the department said last month.

    Returns:
        unit, gl_account, budget_before, budget, forecast_before, forecast; lines that one of the months lacks
        have <NA> there. No rows when nothing is known of last month.
    """
    now, then = (
        part.groupby(KEYS)[["budget", "forecast"]].sum(min_count=1).astype("Int64") for part in (rows, before)
    )
    both = then.add_suffix("_before").join(now, how="outer").reset_index()
    # A unit of which one month is not at hand has not changed: it is missing, which is told elsewhere.
    known = both[UNIT].isin(set(rows[UNIT])) & both[UNIT].isin(set(before[UNIT]))
    same = _same(both["budget_before"], both["budget"]) & _same(both["forecast_before"], both["forecast"])
    return both[known & ~same]


def _same(left: pd.Series, right: pd.Series) -> pd.Series:
    return (left == right).fillna(value=False).astype("bool") | (left.isna() & right.isna())


def restated_months(ledger: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Months of last time's export whose spending is another today: unit, gl_account, month, change (øre).

    An export without months says nothing of them: no rows.
    """
    keys = [*KEYS, "month"]
    old, new = (part.dropna(subset=["month"]).groupby(keys)["spent"].sum() for part in (before, ledger))
    closed = new[new.index.get_level_values("month") <= old.index.get_level_values("month").max()]
    change = closed.sub(old, fill_value=0) if len(old) else closed.iloc[:0]
    moved: pd.DataFrame = change[change != 0].astype("Int64").rename("change").reset_index()
    return moved
