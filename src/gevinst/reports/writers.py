"""Files that flows make beside their own lists, by name; workbooks are in the office's language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gevinst.reports.budget_workbook import budget_workbook
from gevinst.reports.excel_table import excel_table
from gevinst.reports.spend_data import spend_csv, spend_package
from gevinst.texts import Language


def file_writers(language: Language | str = Language.DANISH) -> Mapping[str, Callable[[Any], bytes]]:
    """Writers by the names that flows ask for."""
    return {
        "excel_table": partial(excel_table, language=language),
        "budget_workbook": partial(budget_workbook, language=language),
        "spend_csv": spend_csv,
        "spend_package": spend_package,
    }
