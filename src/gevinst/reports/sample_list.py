"""A sample as a workbook to fill in, and as JSON."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # has annotations, but no py.typed

from gevinst.app.samples import NewSample
from gevinst.domain.money import kroner
from gevinst.domain.sampling import SampleMatch
from gevinst.reports.verify import ITEMS
from gevinst.texts import Language, Texts

#: Columns with their widths; sample.column.<name> of the catalogue.
COLUMNS = {
    "number": 6,
    "amount": 14,
    "difference": 12,
    "bank": 50,
    "ledger": 50,
    "because": 60,
    "pass": 18,
    "answer": 12,
    "remark": 30,
}
BOOKED, AMOUNT, TEXT, FILE, LINE = 1, 3, 5, 15, 17  # columns of the item lists, see reports.evidence


def write_sample(
    path: Path, new: NewSample, items: Mapping[str, Mapping[str, str]], language: Language | str
) -> None:
    """Write the workbook that a controller fills in; rows of the bank and the ledger in words.

    Raises:
        OSError: it cannot be written.
    """
    texts = Texts(language)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(texts.get("sample.sheet"))
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        head = book.add_format({"bold": True, "bottom": 1})
        for at, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, texts.get(f"sample.column.{name}"), head)
        for row, values in enumerate(_rows(new.matches, items), start=1):
            for at, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, at, value, wrap)
                else:
                    sheet.write_number(row, at, value, money if at else wrap)
        sheet.freeze_panes(1, 0)
        choices = [texts.get(f"sample.{word}") for word in ("right", "wrong")]
        at = list(COLUMNS).index("answer")
        sheet.data_validation(1, at, len(new.matches), at, {"validate": "list", "source": choices})
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()


def sample_json(new: NewSample) -> str:
    """The sample for machines; amounts in øre."""
    sample = new.sample
    document = {
        "contract": "gevinst-sample/1",
        "sample": sample.sample_id,
        "run": sample.run_id,
        "seed": sample.seed,
        "population": sample.population,
        "matches": [
            {
                "number": number,
                "left": list(one.left),
                "right": list(one.right),
                "pass": one.pass_id,
                "amount": one.amount,
                "difference": one.difference,
                "because": one.because,
            }
            for number, one in enumerate(new.matches, start=1)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def item_words(folder: Path) -> dict[str, dict[str, str]]:
    """Each item of a run in one line, by side and id, from the lists of its evidence; CPR numbers masked."""
    return {side: _words_in(folder / name) for side, name in ITEMS.items()}


def _words_in(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.reader(opened, delimiter=";")
        next(rows, None)
        return {row[0]: _line(row) for row in rows}


def _line(row: list[str]) -> str:
    place = f"{row[FILE]}:{row[LINE]}"
    return f"{row[BOOKED]} {row[AMOUNT]} {row[TEXT]} ({place})"


def _rows(matches: Iterable[SampleMatch], items: Mapping[str, Mapping[str, str]]) -> Iterable[list[Any]]:
    for number, one in enumerate(matches, start=1):
        sides = [
            "\n".join(items.get(side, {}).get(item, item) for item in ids)
            for side, ids in (("left", one.left), ("right", one.right))
        ]
        yield [number, kroner(one.amount), kroner(one.difference), *sides, one.because, one.pass_id, "", ""]
