"""`gevinster.xlsx`: the gain report for Excel, counted by formulas that anyone can follow.

Figures are entered once, on the sheets Basis, Items and Robots; all else is a formula over them. Each formula
carries the figure that the report has, for viewers that do not count.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from gevinst.domain.gain_card import HANDLING, is_cost
from gevinst.domain.gain_quarters import MONTHS_OF_YEAR, quarter_of
from gevinst.domain.gain_records import GainSum
from gevinst.domain.gain_report import GainReport, MonthGain, RobotGain
from gevinst.domain.gains import FIXED_CASE, MINUTES_PER_HOUR, Baseline
from gevinst.domain.masking import mask_cpr
from gevinst.domain.money import kroner
from gevinst.reports.gain_words import GainWords, lead_of
from gevinst.texts import Language, Texts

SHEETS = ("portfolio", "robots", "quarters", "months", "items", "payback", "basis")
MONEY, HOURS, NUMBER, SHARE = "#,##0.00", "#,##0.00", "#,##0", "0.0%"
LINE = 15  # points; not every program makes room for a text that is wrapped
REASON_WIDTH = 60
EFFECTIVE, FIRST_RATE, HORIZON = 2, 3, 6  # rows of the sheet Basis, counted from 1 as a spreadsheet does


def gain_workbook(report: GainReport, language: Language | str = Language.DANISH) -> bytes:
    """The workbook as a file's content. The same report gives the same bytes."""
    content = io.BytesIO()
    texts_only = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, {**texts_only, "in_memory": True}) as book:
        day = report.today
        book.set_properties({"created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001 - a day, no moment
        _Book(book, report, Texts(language)).write()
    return content.getvalue()


class _Sheet:
    """Rows of one sheet: texts, figures and formulas."""

    def __init__(self, sheet: Worksheet, name: str, styles: dict[str, Format]) -> None:
        self.sheet, self.name, self.styles = sheet, name, styles
        self.row = 0

    def heads(self, texts: Sequence[str], widths: Sequence[int]) -> None:
        """Write the header row, frozen."""
        for at, (text, width) in enumerate(zip(texts, widths, strict=True)):
            self.sheet.set_column(at, at, width)
            self.sheet.write_string(self.row, at, text, self.styles["head"])
        self.sheet.set_row(self.row, 2 * LINE)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)

    def put(self, column: int, value: object, style: str = "text") -> None:
        """Write a text or a figure into the current row; None leaves the cell empty."""
        if isinstance(value, str):
            self.sheet.write_string(self.row, column, value, self.styles["text"])
        elif isinstance(value, int | Decimal):
            self.sheet.write_number(self.row, column, value, self.styles[style])

    def count(self, column: int, formula: str, value: Decimal | int | str, style: str) -> None:
        """Write a formula with the figure that it comes to."""
        shown = float(value) if isinstance(value, Decimal) else value
        self.sheet.write_formula(self.row, column, f"={formula}", self.styles[style], shown)

    @property
    def number(self) -> int:
        """The current row as formulas count it, from 1."""
        return self.row + 1


class _Book:
    """The sheets, which point to each other."""

    def __init__(self, book: xlsxwriter.Workbook, report: GainReport, texts: Texts) -> None:
        self.report, self.texts, self.words = report, texts, GainWords(texts)
        base = {"valign": "top"}
        styles = {
            "text": book.add_format({**base, "text_wrap": True}),
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "money": book.add_format({**base, "num_format": MONEY}),
            "hours": book.add_format({**base, "num_format": HOURS}),
            "n": book.add_format({**base, "num_format": NUMBER}),
            "share": book.add_format({**base, "num_format": SHARE}),
            "given": book.add_format({**base, "num_format": MONEY, "font_color": "#0A4F96"}),
            "given_n": book.add_format({**base, "num_format": "General", "font_color": "#0A4F96"}),
        }
        self.sheets = {
            key: _Sheet(book.add_worksheet(self._t(f"sheet.{key}")), self._t(f"sheet.{key}"), styles)
            for key in SHEETS
        }
        self.row_of = {robot.robot: number + 2 for number, robot in enumerate(report.robots)}
        self.month_row: dict[tuple[str, str], int] = {}
        for one in self.sheets.values():
            one.sheet.set_landscape()
            one.sheet.set_paper(9)  # A4
            one.sheet.fit_to_pages(1, 0)

    def _t(self, key: str) -> str:
        return self.texts.get(f"gain.{key}")

    def _heads(self, *keys: str) -> list[str]:
        return [self.texts.get(f"gain.column.{key}") for key in keys]

    def write(self) -> None:
        """Write all sheets."""
        self._basis()
        items = self._items()
        self._months(items)
        quarters = self._quarters()
        paybacks = self._paybacks()
        self._robots(quarters, paybacks)
        self._portfolio()

    def _ref(self, key: str, cell: str) -> str:
        return f"'{self.sheets[key].name}'!{cell}"

    def _basis(self) -> None:
        sheet, report = self.sheets["basis"], self.report
        sheet.heads(self._heads("what", "figure", "note"), (44, 18, 90))
        lines: list[tuple[str, Decimal | int]] = [
            ("effective", report.effective_hours),
            *[
                (f"rate_{name}", rate)
                for name, rate in zip(("low", "middle", "high"), report.rates, strict=True)
            ],
            ("horizon", report.horizon_years),
            ("year", report.price_year),
        ]
        for key, figure in lines:
            sheet.put(0, self._t(f"basis.{key}"))
            sheet.put(1, figure, "given_n")
            sheet.put(2, self._t(f"basis.{key}.note"))
            sheet.row += 1

    def _items(self) -> int:
        """One row for each of the ledger's sums; gives the last row's number."""
        sheet = self.sheets["items"]
        keys = ("robot", "month", "case", "version", "items", "minutes", "baseline", "sd", "n")
        ends = (
            "estimate_low",
            "estimate_high",
            "baseline_low",
            "baseline_high",
            "minutes_low",
            "minutes_high",
        )
        sheet.heads(self._heads(*keys, *ends, "is_cost"), (20, 10, 22, 15, 9, *[12] * 10, 9))
        for robot in self.report.robots:
            baselines = {(one.name, one.card_version): one.baseline for one in robot.cases}
            for one in robot.sums:
                kind, _, of = one.case_type.partition(":")
                case = of if kind == HANDLING else one.case_type
                self._item(robot, one, baselines.get((case, one.card_version)))
        return max(sheet.row, 2)

    def _item(self, robot: RobotGain, one: GainSum, baseline: Baseline | None) -> None:
        sheet, row = self.sheets["items"], self.sheets["items"].number
        for column, text in enumerate(
            (robot.robot, one.period, self.words.case(one.case_type), one.card_version)
        ):
            sheet.put(column, text)
        sheet.put(4, one.items, "given_n")
        sheet.put(5, one.minutes, "given")
        sheet.put(15, int(is_cost(one.case_type)), "n")
        lower = higher = Decimal(0)
        if baseline and one.case_type != FIXED_CASE and baseline.interval:
            for column, figure in enumerate(
                (baseline.minutes, baseline.sd, baseline.n, *(baseline.estimate or ())[::2])
            ):
                sheet.put(6 + column, figure, "given_n")
            half = f"ROUND(TINV(0.05,I{row}-1),6)*H{row}/SQRT(I{row})"
            for column, sign, end, place in ((11, "-", "J", 0), (12, "+", "K", 1)):
                formula = f'IF({end}{row}<>"",{end}{row},G{row}{sign}{half})'
                sheet.count(column, formula, baseline.interval[place], "hours")
            lower, higher = (end - baseline.minutes for end in baseline.interval)
            if one.case_type.startswith(HANDLING):
                low, high = f"F{row}-E{row}*(L{row}-G{row})", f"F{row}+MIN(-E{row}*(M{row}-G{row}),-F{row})"
                lower, higher = -one.items * lower, min(-one.items * higher, -one.minutes)
            else:
                low, high = (f"F{row}+E{row}*({end}{row}-G{row})" for end in "LM")
                lower, higher = one.items * lower, one.items * higher
        else:
            low = high = f"F{row}"
        sheet.count(13, low, one.minutes + lower, "hours")
        sheet.count(14, high, one.minutes + higher, "hours")
        sheet.row += 1

    def _months(self, last: int) -> None:
        sheet = self.sheets["months"]
        heads = ("robot", "month", "quarter", "gross", "costs", "low", "middle", "high", "planned")
        money = ("value_low", "value", "value_high", "running_cost", "net")
        sheet.heads(self._heads(*heads, *money), (20, 10, 10, *[12] * 11))
        for robot in self.report.robots:
            for month in robot.months:
                self.month_row[robot.robot, month.period] = sheet.number
                self._month(robot, month, last)

    def _month(self, robot: RobotGain, month: MonthGain, last: int) -> None:
        sheet, row = self.sheets["months"], self.sheets["months"].number

        def sums(column: str, extra: str = "") -> str:
            cells = {key: self._ref("items", f"${key}$2:${key}${last}") for key in (column, "A", "B", "P")}
            cost = f",{cells['P']},{extra}" if extra else ""
            return (
                f"SUMIFS({cells[column]},{cells['A']},$A{row},{cells['B']},$B{row}{cost})/{MINUTES_PER_HOUR}"
            )

        for column, text in enumerate((robot.robot, month.period, quarter_of(month.period))):
            sheet.put(column, text)
        sheet.count(3, sums("F", "0"), month.gross, "hours")
        sheet.count(4, f"-{sums('F', '1')}", month.costs, "hours")
        hours, values = month.hours, month.value
        for column, cells, figure in ((5, "N", hours.low), (6, "F", hours.middle), (7, "O", hours.high)):
            sheet.count(column, sums(cells), figure, "hours")
        sheet.put(8, month.planned, "given")
        rate = self._ref("robots", f"$D${self.row_of[robot.robot]}")
        for column, cell, amount in ((9, "F", values.low), (10, "G", values.middle), (11, "H", values.high)):
            sheet.count(column, f"ROUND({cell}{row}*{rate},2)", kroner(amount), "money")
        sheet.put(12, kroner(month.running_cost), "given")
        sheet.count(13, f"K{row}-M{row}", kroner(month.net), "money")
        sheet.row += 1

    def _quarters(self) -> int:
        sheet = self.sheets["quarters"]
        heads = (
            "robot",
            "quarter",
            "state",
            "planned",
            "hours",
            "share",
            "realised",
            "reason",
            "role",
            "answered",
        )
        sheet.heads(self._heads(*heads), (20, 10, 14, 12, 12, 10, 14, 60, 20, 14))
        last = max(len(self.month_row) + 1, 2)
        for robot in self.report.robots:
            for one in robot.quarters:
                row = sheet.number
                for column, text in enumerate((robot.robot, one.quarter, self._t(f"state.{one.state}"))):
                    sheet.put(column, text)
                for column, cell, figure in ((3, "I", one.planned), (4, "G", one.hours)):
                    cells = [self._ref("months", f"${key}$2:${key}${last}") for key in (cell, "A", "C")]
                    formula = f"SUMIFS({cells[0]},{cells[1]},$A{row},{cells[2]},$B{row})"
                    sheet.count(column, formula, figure, "hours")
                sheet.count(
                    5, f'IF(D{row}=0,"",E{row}/D{row})', "" if one.share is None else one.share, "share"
                )
                sheet.put(6, one.realised, "given")
                sheet.sheet.set_row(sheet.row, LINE * (1 + len(one.reason) // REASON_WIDTH))
                for column, text in (
                    (7, one.reason),
                    (8, one.role),
                    (9, self.texts.day(one.at) if one.at else ""),
                ):
                    sheet.put(column, mask_cpr(text))
                sheet.row += 1
        return max(sheet.row, 2)

    def _paybacks(self) -> dict[str, tuple[str, str, str]]:
        """Net month by month over the horizon; gives each robot's cells of payback and average months."""
        sheet = self.sheets["payback"]
        robots = [one for one in self.report.robots if one.investment]
        heads = self._heads("number")
        for one in robots:
            name = one.title_in(str(self.texts.language))
            heads += [
                f"{name}: {self.texts.get(f'gain.column.{key}')}" for key in ("net", "cumulated", "reached")
            ]
        sheet.heads(heads, (10, *[16] * (len(heads) - 1)))
        total = self.report.horizon_years * MONTHS_OF_YEAR
        sheet.put(0, 0, "n")
        found = {}
        for at, one in enumerate(robots):
            found[one.robot] = _Payback(self, one, first=1 + 3 * at, months=total).write()
        for number in range(1, total + 1):
            sheet.sheet.write_number(1 + number, 0, number, sheet.styles["n"])
        return found

    def month_cell(self, robot: str, period: str) -> str | None:
        """The cell of a month's net; None for a month before those of the report."""
        row = self.month_row.get((robot, period))
        return self._ref("months", f"N{row}") if row else None

    def _robots(self, quarters: int, paybacks: dict[str, tuple[str, str, str]]) -> None:
        sheet = self.sheets["robots"]
        heads = (
            "robot",
            "unit",
            "kind",
            "rate",
            "investment",
            "planned",
            "low",
            "middle",
            "high",
            "realised",
        )
        money = ("share", "value_low", "value", "value_high", "realised_value", "running_cost", "net")
        returns = ("yearly_net", "yearly_cost", "payback", "npv_low", "npv_middle", "npv_high", "return")
        sheet.heads(self._heads(*heads, *money, *returns, "recovered", "avoided"), (26, 20, 18, *[13] * 23))
        last = max(len(self.month_row) + 1, 2)
        for one in self.report.robots:
            self._robot(one, last, quarters, paybacks.get(one.robot))
            sheet.row += 1

    def _robot(self, one: RobotGain, last: int, quarters: int, payback: tuple[str, str, str] | None) -> None:
        sheet, row = self.sheets["robots"], self.sheets["robots"].number
        for column, text in enumerate((one.robot, one.unit, self._t(f"kind.{one.kind}"))):
            sheet.put(column, mask_cpr(text))
        sheet.put(3, kroner(one.rate) if one.rate else None, "given")
        sheet.put(4, kroner(one.investment.amount) if one.investment else None, "given")
        months = {key: self._ref("months", f"${key}$2:${key}${last}") for key in "AFGHIJKLM"}

        def sums(key: str) -> str:
            return f"SUMIFS({months[key]},{months['A']},$A{row})"

        hours, value = one.hours, one.value
        for column, key, figure in (
            (5, "I", one.planned),
            (6, "F", hours.low),
            (7, "G", hours.middle),
            (8, "H", hours.high),
        ):
            sheet.count(column, sums(key), figure, "hours")
        confirmed = [self._ref("quarters", f"${key}$2:${key}${quarters}") for key in "GA"]
        sheet.count(9, f"SUMIFS({confirmed[0]},{confirmed[1]},$A{row})", one.realised, "hours")
        sheet.count(10, f'IF(F{row}=0,"",H{row}/F{row})', "" if one.share is None else one.share, "share")
        for column, key, amount in ((11, "J", value.low), (12, "K", value.middle), (13, "L", value.high)):
            sheet.count(column, sums(key), kroner(amount), "money")
        sheet.count(14, f"ROUND(J{row}*D{row},2)", kroner(one.realised_value), "money")
        sheet.count(15, sums("M"), kroner(one.running_cost), "money")
        sheet.count(16, f"M{row}-P{row}", kroner(value.middle - one.running_cost), "money")
        if one.investment and payback:
            self._returns(one, payback)
        sheet.put(24, kroner(one.recovered), "given")
        sheet.put(25, kroner(one.avoided), "given")

    def _returns(self, one: RobotGain, payback: tuple[str, str, str]) -> None:
        """Payback, present values and return; year 0 is not discounted, so it stands outside NPV."""
        sheet, row, inv = self.sheets["robots"], self.sheets["robots"].number, one.investment
        if inv is None:
            return
        reached, yearly, yearly_cost = payback
        sheet.count(17, yearly, kroner(inv.yearly_net), "money")
        sheet.count(18, yearly_cost, kroner(inv.yearly_cost), "money")
        never = self._t("never")
        shown: Decimal | str = never if inv.payback is None else inv.payback
        sheet.count(19, f'IF(COUNT({reached})>0,MIN({reached}),"{never}")', shown, "hours")
        years = ",".join([f"R{row}"] * self.report.horizon_years)
        for at, rate in enumerate(self.report.rates):
            cell = self._ref("basis", f"$B${FIRST_RATE + at}")
            formula = f"ROUND(-E{row}+NPV({cell},{years}),2)"
            sheet.count(20 + at, formula, kroner(inv.present_values[rate]), "money")
        horizon = self._ref("basis", f"$B${HORIZON}")
        formula = f"(R{row}*{horizon}-E{row})/(S{row}*{horizon}+E{row})"
        sheet.count(23, formula, inv.return_rate or 0, "share")

    def _portfolio(self) -> None:
        """What the steering group reads: the lead, then kinds beside each other, never added."""
        sheet, report = self.sheets["portfolio"], self.report
        lead = lead_of(report, self.words)
        sheet.sheet.write_string(0, 0, lead.headline, sheet.styles["title"])
        for row, text in ((1, lead.detail), (2, lead.action), (3, self.words.stretch(report))):
            sheet.sheet.write_string(row, 0, text)
        sheet.row = 5
        heads = (
            "kind",
            "robots",
            "planned",
            "low",
            "middle",
            "high",
            "realised",
            "value",
            "realised_value",
            "running_cost",
            "documented",
        )
        sheet.heads(self._heads(*heads), (34, *[14] * 10))
        last = max(len(report.robots) + 1, 2)
        columns = {key: self._ref("robots", f"${key}$2:${key}${last}") for key in "CFGHIJMOP"}
        for one in report.kinds:
            row = sheet.number
            sheet.put(0, self._t(f"kind.{one.kind}"))
            sheet.count(1, f"COUNTIF({columns['C']},$A{row})", one.robots, "n")
            cost = sum(robot.running_cost for robot in report.robots if robot.kind is one.kind)
            figures = (
                ("F", one.planned),
                ("G", one.hours.low),
                ("H", one.hours.middle),
                ("I", one.hours.high),
                ("J", one.realised),
                ("M", kroner(one.value.middle)),
                ("O", kroner(one.realised_value)),
                ("P", kroner(cost)),
            )
            for column, (key, figure) in enumerate(figures, start=2):
                sheet.count(column, f"SUMIFS({columns[key]},{columns['C']},$A{row})", figure, "money")
            sheet.put(10, kroner(one.shown), "given")
            sheet.row += 1
        sheet.row += 1
        sheet.put(0, self._t("kinds.intro"))
        sheet.sheet.set_row(sheet.row, 45)
        sheet.row += 1
        sheet.put(0, self._t("fact.posts"))
        low = f"SUM({columns['G']})/{self._ref('basis', f'$B${EFFECTIVE}')}"
        sheet.count(1, low, report.posts, "hours")


class _Payback:
    """One robot's columns on the sheet of payback: net, cumulated, and the month in which it is reached."""

    def __init__(self, book: _Book, robot: RobotGain, *, first: int, months: int) -> None:
        self.book, self.robot, self.first, self.months = book, robot, first, months
        self.sheet = book.sheets["payback"]

    def write(self) -> tuple[str, str, str]:
        """Write them; gives the cells of the month reached, and formulas of yearly net and running costs."""
        investment = self.robot.investment
        assert investment is not None  # noqa: S101 - only robots with one are here
        styles = self.sheet.styles
        row = self.book.row_of[self.robot.robot]
        start = f"=-{self.book._ref('robots', f'$E${row}')}"  # noqa: SLF001 - the other half of this module
        self.sheet.sheet.write_formula(
            1, self.first + 1, start, styles["money"], -float(kroner(investment.amount))
        )
        nets = self._nets()
        balance = -kroner(investment.amount)
        for number, (formula, net) in enumerate(nets, start=1):
            at = 1 + number
            before, balance = balance, balance + net
            cells = [xl_rowcol_to_cell(at, self.first + column) for column in range(2)]
            above = xl_rowcol_to_cell(at - 1, self.first + 1)
            if formula is None:
                self.sheet.sheet.write_number(at, self.first, net, styles["given"])
            else:
                self.sheet.sheet.write_formula(at, self.first, f"={formula}", styles["money"], float(net))
            self.sheet.sheet.write_formula(
                at, self.first + 1, f"={above}+{cells[0]}", styles["money"], float(balance)
            )
            reached: float | str = float(number - 1 - before / net) if before < 0 <= balance else ""
            hit = f'=IF(AND({above}<0,{cells[1]}>=0),{number - 1}-{above}/{cells[0]},"")'
            self.sheet.sheet.write_formula(at, self.first + 2, hit, styles["hours"], reached)
        return (self._range(self.first + 2, 1, self.months), *self._yearly())

    def _nets(self) -> Iterator[tuple[str | None, Decimal]]:
        """Formula (None: a figure from before the report's months) and net of each month over the horizon."""
        known = self.robot.since[: self.months]
        for one in known:
            yield self.book.month_cell(self.robot.robot, one.period), kroner(one.net)
        recent = self.robot.since[-MONTHS_OF_YEAR:]
        mean = (
            kroner(self.robot.investment.yearly_net) / MONTHS_OF_YEAR if self.robot.investment else Decimal(0)
        )
        cells = self._range(self.first, len(self.robot.since) - len(recent) + 1, len(self.robot.since))
        for _ in range(self.months - len(known)):
            yield f"ROUND(AVERAGE({cells}),2)", round(mean, 2)

    def _yearly(self) -> tuple[str, str]:
        """Formulas of twelve average months: net, and running costs."""
        recent = self.robot.since[-MONTHS_OF_YEAR:]
        nets = [self.book.month_cell(self.robot.robot, one.period) or str(kroner(one.net)) for one in recent]
        costs = [kroner(one.running_cost) for one in recent]
        factor = f"*{MONTHS_OF_YEAR}/{len(recent)}"
        return f"ROUND(({'+'.join(nets)}){factor},2)", f"ROUND({sum(costs)}{factor},2)"

    def _range(self, column: int, first: int, last: int) -> str:
        """Absolute cells of some months in a column of the sheet."""
        ends = [xl_rowcol_to_cell(1 + number, column, row_abs=True, col_abs=True) for number in (first, last)]
        return f"'{self.sheet.name}'!{ends[0]}:{ends[1]}"
