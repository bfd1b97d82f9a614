"""Workbooks that flows make beside their own lists, by name; in the office's language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gevinst.reports.budget_workbook import budget_workbook
from gevinst.reports.excel_table import excel_table
from gevinst.texts import Language


def workbook_writers(language: Language | str = Language.DANISH) -> Mapping[str, Callable[[Any], bytes]]:
    """Writers by the names that flows ask for."""
    return {
        "excel_table": partial(excel_table, language=language),
        "budget_workbook": partial(budget_workbook, language=language),
    }
