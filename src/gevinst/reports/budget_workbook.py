"""The workbook of budget follow-up: live formulas, charts, and the way to each figure's source cell.

One sheet, the lines, holds figures; the others compute from it. Whoever corrects a line, or a limit on the
first sheet, sees totals, deviations and charts follow.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.domain.budget import UNIT, BudgetBook
from gevinst.domain.consolidation import FILE, LINE, SHEET
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.reports.excel_table import MADE, SAFE
from gevinst.reports.flow_workbook import AMOUNT_FORMAT
from gevinst.reports.numbers import period_words
from gevinst.texts import Language, Texts

FIRST_ROW = 6  # of the departments on the first sheet, counted from 0; headings stand above
LIMIT_AMOUNT, LIMIT_SHARE = "$C$3", "$C$4"
MOST_LINKS = 60_000  # Excel stops at 65,530 in a sheet
SHARE = "0.0%"
INPUT = "input"
LINE_HEADS = (
    *("unit", "gl_account", "text", "budget", "spent", "forecast", "deviation"),
    *("budget_told", "spent_told", "off", "flag", "note", "source"),
)
LINE_WIDTHS = (10, 12, 30, 16, 16, 16, 16, 16, 16, 14, 9, 40, 44)
HEADS = ("unit", "name", "budget", "spent", "spent_share", "forecast", "deviation", "deviation_share", "off")
WIDTHS = (10, 34, 18, 18, 10, 18, 18, 10, 16)


def budget_workbook(book: BudgetBook, language: Language | str = Language.DANISH) -> bytes:
    """The workbook; the same book gives the same bytes."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **SAFE}) as target:
        texts = Texts(language)
        title = texts.get("budget.title", period=period_words(book.period, texts))
        target.set_properties({"title": title, "created": MADE})
        _Pen(target, book, texts).write()
    return buffer.getvalue()


class _Pen:
    """Writes one workbook."""

    def __init__(self, target: xlsxwriter.Workbook, book: BudgetBook, texts: Texts) -> None:
        self._book, self._texts, self._target = book, texts, target
        self._head = target.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True})
        self._title = target.add_format({"bold": True, "font_size": 16})
        self._amount = target.add_format({"num_format": AMOUNT_FORMAT})
        self._share = target.add_format({"num_format": SHARE})
        self._total = target.add_format({"bold": True, "top": 1, "num_format": AMOUNT_FORMAT})
        self._total_share = target.add_format({"bold": True, "top": 1, "num_format": SHARE})
        self._input = target.add_format({"num_format": "#,##0.00", "bg_color": "#FFF8DC", "border": 1})
        self._input_share = target.add_format({"num_format": SHARE, "bg_color": "#FFF8DC", "border": 1})
        self._plain = target.add_format({"num_format": "@"})
        self._link = target.add_format({"font_color": "#0B5394", "underline": 1})
        self._red = target.add_format({"bg_color": "#FBE3E1"})
        names = ("overview", "charts", "deviations", "differences", "changes", "doubtful", "lines")
        self._names = {name: texts.get(f"budget.sheet.{name}") for name in names}
        self._sheets: dict[str, Worksheet] = {
            name: target.add_worksheet(title) for name, title in self._names.items()
        }

    def write(self) -> None:
        """All sheets."""
        self._lines()
        self._overview()
        self._charts()
        self._deviations()
        self._differences()
        self._changes()
        self._doubtful()
        for sheet in self._sheets.values():
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)

    # ------------------------------------------------------------------ the figures

    def _lines(self) -> None:
        sheet, lines = self._sheets["lines"], self._book.lines
        self._heads(sheet, LINE_HEADS, LINE_WIDTHS)
        for at, key in enumerate(("unit", "gl_account", "text")):
            self._texts_down(sheet, at, lines[key])
        for key, at in (("budget", 3), ("spent", 4), ("forecast", 5), ("budget_told", 7), ("spent_told", 8)):
            self._amounts_down(sheet, at, lines[key])
        self._texts_down(sheet, 11, lines["note"])
        for row, (deviation, off, listed) in enumerate(
            zip(
                _kroner(lines["deviation"]),
                _kroner(lines["spent_told"] - lines["spent"]),
                lines["listed"],
                strict=True,
            ),
            1,
        ):
            excel = row + 1
            formula = f'=IF(F{excel}="","",ROUND(F{excel}-D{excel},2))'
            sheet.write_formula(row, 6, formula, self._amount, "" if deviation is None else deviation)
            sheet.write_formula(row, 9, f"=ROUND(I{excel}-E{excel},2)", self._amount, off)
            sheet.write_formula(row, 10, self._flag(excel), None, "!" if listed else "")
        self._sources(sheet, 12, lines)
        sheet.freeze_panes(1, 2)
        if len(lines):
            sheet.autofilter(0, 0, len(lines), len(LINE_HEADS) - 1)
            rule = {"type": "formula", "criteria": '=$K2="!"', "format": self._red}
            sheet.conditional_format(1, 0, len(lines), len(LINE_HEADS) - 1, rule)

    def _flag(self, row: int) -> str:
        """Both limits of the first sheet are reached."""
        where = f"'{self._names['overview']}'!"
        return (
            f'=IF(G{row}="","",IF(AND(G{row}<>0,ABS(G{row})>={where}{LIMIT_AMOUNT},'
            f'ABS(G{row})>=ABS(D{row})*{where}{LIMIT_SHARE}),"!",""))'
        )

    def _sources(self, sheet: Worksheet, at: int, rows: pd.DataFrame) -> None:
        """File, sheet and cell; a link to it in the run's copy of the inputs."""
        places = zip(rows[FILE], rows[SHEET], rows[LINE], rows["cell"], strict=True)
        for row, (file, tab, line, cell) in enumerate(places, 1):
            shown = mask_cpr(" ".join(str(part) for part in (file, tab, cell or line or "") if part))
            plain = str(file).casefold().endswith(".xlsx") and "#" not in str(file)
            linked = cell and plain and shown.startswith(str(file))  # a masked name is another in the copy
            if linked and row <= MOST_LINKS:
                quoted = str(tab).replace("'", "''")
                sheet.write_url(row, at, f"external:{INPUT}/{file}#'{quoted}'!{cell}", self._link, shown)
            else:
                sheet.write_string(row, at, shown, self._plain)

    # ------------------------------------------------------------------ what is computed from them

    def _overview(self) -> None:
        sheet, table = self._sheets["overview"], self._book.departments
        words = period_words(self._book.period, self._texts)
        sheet.write_string(0, 0, self._texts.get("budget.title", period=words), self._title)
        sheet.write_string(2, 0, self._texts.get("budget.limit_amount"))
        sheet.write_number(2, 2, float(kroner(self._book.limits.amount)), self._input)
        sheet.write_string(3, 0, self._texts.get("budget.limit_share"))
        sheet.write_number(3, 2, self._book.limits.per_mille / 1000, self._input_share)
        self._heads(sheet, HEADS, WIDTHS, row=FIRST_ROW - 1)
        first_line = {unit: at for at, unit in reversed(list(enumerate(self._book.lines[UNIT], 2)))}
        for row, one in enumerate(table.to_dict("records"), FIRST_ROW):
            self._department(sheet, row, one, first_line.get(one[UNIT]))
        self._overview_total(sheet, FIRST_ROW + len(table))
        sheet.freeze_panes(FIRST_ROW, 2)
        bar = {"type": "data_bar", "bar_color": "#C0504D", "bar_solid": True}
        sheet.conditional_format(FIRST_ROW, 6, FIRST_ROW + max(len(table), 1) - 1, 6, bar)

    def _department(self, sheet: Worksheet, row: int, one: dict[Any, Any], line: int | None) -> None:
        excel = row + 1
        if line is None:
            sheet.write_string(row, 0, one[UNIT], self._plain)
        else:  # drill down: the department's first line
            sheet.write_url(row, 0, f"internal:'{self._names['lines']}'!A{line}", self._link, one[UNIT])
        name = one["name"] or self._texts.get("budget.unlisted")
        mark = "" if one["file"] else f" ({self._texts.get('budget.no_file')})"
        sheet.write_string(row, 1, f"{name}{mark}", self._plain)
        amounts = {key: _crowns(one[key]) for key in ("budget", "spent", "forecast", "deviation", "off")}
        for at, letter, key in ((2, "D", "budget"), (3, "E", "spent"), (8, "J", "off")):
            sheet.write_formula(row, at, self._sum(letter, excel), self._amount, amounts[key])
        for at, letter, key in ((5, "F", "forecast"), (6, "G", "deviation")):
            value = amounts[key]
            formula = f'=IF({self._count(excel)}=0,"",{self._sum(letter, excel)[1:]})'
            sheet.write_formula(row, at, formula, self._amount, "" if value is None else value)
        self._shares(sheet, row, amounts, self._share)

    def _shares(self, sheet: Worksheet, row: int, amounts: dict[str, float | None], style: Any) -> None:
        excel, budget = row + 1, amounts["budget"] or 0
        for at, letter, key in ((4, "D", "spent"), (7, "G", "deviation")):
            formula = f'=IF(OR(C{excel}=0,{letter}{excel}=""),"",{letter}{excel}/C{excel})'
            value = amounts[key]
            sheet.write_formula(
                row, at, formula, style, "" if not budget or value is None else value / budget
            )

    def _sum(self, letter: str, row: int) -> str:
        last = len(self._book.lines) + 1
        where = f"'{self._names['lines']}'!"
        keys = f"{where}$A$2:$A${last}"
        return f"=SUMIFS({where}${letter}$2:${letter}${last},{keys},$A{row})"

    def _count(self, row: int) -> str:
        """How many lines of a department have a forecast."""
        last = len(self._book.lines) + 1
        where = f"'{self._names['lines']}'!"
        # Departments' numbers are texts; "<>" would count blank texts too.
        return f'COUNTIFS({where}$A$2:$A${last},$A{row},{where}$F$2:$F${last},">-1E+15")'

    def _overview_total(self, sheet: Worksheet, row: int) -> None:
        table = self._book.departments
        sheet.write_string(row, 1, self._texts.get("flow.total"), self._total)
        keys = {2: "budget", 3: "spent", 5: "forecast", 6: "deviation", 8: "off"}
        sums = {key: _crowns(int(table[key].sum())) for key in keys.values()}
        for at, key in keys.items():
            letter = xlsxwriter.utility.xl_col_to_name(at)
            formula = f"=SUM({letter}{FIRST_ROW + 1}:{letter}{row})"
            sheet.write_formula(row, at, formula, self._total, sums[key])
        self._shares(sheet, row, sums, self._total_share)
        silent = int(table["forecast"].isna().sum())
        if silent:  # the total would else be read as that of all
            sheet.write_string(row + 1, 1, self._texts.get("budget.no_forecast", count=silent))

    def _charts(self) -> None:
        """Budget beside spending and forecast; and the deviations, which a reader looks for first."""
        last = FIRST_ROW + len(self._book.departments) - 1
        sheet, overview = self._sheets["charts"], self._names["overview"]
        for row, (key, columns) in enumerate((("budget", (2, 3, 5)), ("deviation", (6,)))):
            chart = self._target.add_chart({"type": "column"})
            for at in columns:
                chart.add_series(
                    {
                        "name": [overview, FIRST_ROW - 1, at],
                        "categories": [overview, FIRST_ROW, 0, last, 0],
                        "values": [overview, FIRST_ROW, at, last, at],
                    }
                )
            chart.set_title({"name": self._texts.get(f"budget.chart.{key}"), "name_font": {"size": 13}})
            chart.set_legend({"position": "bottom"} if len(columns) > 1 else {"none": True})
            chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
            chart.set_x_axis({"label_position": "low", "num_font": {"rotation": -90}})
            chart.set_size({"width": 1160, "height": 380})
            sheet.insert_chart(row * 20, 0, chart)

    def _deviations(self) -> None:
        """The lines beyond both limits when the run was made, largest first; their figures stay live."""
        sheet, lines = self._sheets["deviations"], self._book.lines
        keys = ("unit", "gl_account", "text", "budget", "forecast", "deviation", "note", "source")
        self._heads(sheet, keys, (10, 12, 30, 16, 16, 16, 44, 44))
        size = lines["deviation"].abs().where(lines["listed"])
        listed = lines.loc[size.dropna().sort_values(ascending=False, kind="stable").index]
        for at, key in enumerate(("unit", "gl_account", "text")):
            self._texts_down(sheet, at, listed[key])
        for row, (line, one) in enumerate(listed.iterrows(), 1):
            for at, letter, key in ((3, "D", "budget"), (4, "F", "forecast"), (5, "G", "deviation")):
                formula = f"='{self._names['lines']}'!{letter}{int(str(line)) + 2}"
                sheet.write_formula(row, at, formula, self._amount, _crowns(one[key]))
        self._texts_down(sheet, 6, listed["note"])
        self._sources(sheet, 7, listed)
        sheet.freeze_panes(1, 0)

    def _differences(self) -> None:
        """Lines on which the department and the ERP do not agree; both sides and the difference."""
        sheet = self._sheets["differences"]
        off = self._book.differences
        keys = ("unit", "gl_account", "text", "budget", "budget_told", "spent", "spent_told", "off", "source")
        self._heads(sheet, keys, (10, 12, 30, 16, 16, 16, 16, 16, 44))
        for at, key in enumerate(("unit", "gl_account", "text")):
            self._texts_down(sheet, at, off[key])
        for at, key in enumerate(("budget", "budget_told", "spent", "spent_told"), 3):
            self._amounts_down(sheet, at, off[key])
        for row, value in enumerate(_kroner(off["spent_told"] - off["spent"]), 1):
            sheet.write_formula(row, 7, f"=ROUND(G{row + 1}-F{row + 1},2)", self._amount, value)
        self._sources(sheet, 8, off)
        sheet.freeze_panes(1, 0)

    def _changes(self) -> None:
        sheet, rows = self._sheets["changes"], self._book.changes
        keys = ("unit", "gl_account", "budget_before", "budget", "forecast_before", "forecast")
        self._heads(sheet, keys, (10, 12, 18, 18, 18, 18))
        for at, key in enumerate(keys):
            down = self._texts_down if at < 2 else self._amounts_down  # noqa: PLR2004 - two keys, then amounts
            down(sheet, at, rows[key])
        sheet.freeze_panes(1, 0)

    def _doubtful(self) -> None:
        sheet, rows = self._sheets["doubtful"], self._book.doubtful
        self._heads(sheet, ("doubt", "unit", "text", "source"), (44, 10, 44, 44))
        words = rows["doubt"].map(lambda key: self._texts.get(f"flow.value.{key}"))
        for at, values in enumerate((words, rows["unit"], rows["text"])):
            self._texts_down(sheet, at, values)
        self._sources(sheet, 3, rows)
        sheet.freeze_panes(1, 0)

    # ------------------------------------------------------------------ cells

    def _heads(self, sheet: Worksheet, keys: Sequence[str], widths: Sequence[int], *, row: int = 0) -> None:
        for at, (key, width) in enumerate(zip(keys, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(row, at, self._texts.get(f"flow.col.{key}"), self._head)

    def _texts_down(self, sheet: Worksheet, at: int, values: "pd.Series[Any]") -> None:
        for row, value in enumerate(values.tolist(), 1):
            sheet.write_string(row, at, mask_cpr(str(value)), self._plain)

    def _amounts_down(self, sheet: Worksheet, at: int, values: "pd.Series[Any]") -> None:
        for row, value in enumerate(_kroner(values), 1):
            if value is not None:
                sheet.write_number(row, at, value, self._amount)


def _kroner(values: "pd.Series[Any]") -> list[float | None]:
    return [_crowns(value) for value in values.tolist()]


def _crowns(ore: Any) -> float | None:
    """Øre as the number that Excel shows, with two decimals; None for none."""
    return None if pd.isna(ore) else float(kroner(int(ore)))
