"""Items: one frame for each side of a reconciliation."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

#: Columns of an items frame, with their dtypes. Text columns hold "" where the file has nothing.
ITEM_COLUMNS: Mapping[str, str] = {
    "item_id": "str",  #: unique in its side
    "account": "str",
    "booked": "datetime64[s]",
    "value_date": "datetime64[s]",  #: NaT where the file has none
    "amount": "int64",  #: øre; money in > 0 seen from the account
    "currency": "str",
    "reference": "str",
    "text": "str",
    "counterparty": "str",
    "document": "str",  #: bilag, FIK, EndToEndId …
    "carried_from": "str",  #: run id or period of an open item from an earlier period
    "place_file": "str",
    "place_sheet": "str",
    "place_line": "int64",
    "place_cell": "str",
}
TEXT_DTYPE = "str"
ROW_ID = "row:"  # begins an id that only says where in its file a row stood


def items_frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Build an items frame from the columns at hand.

    Args:
        columns: equal lengths; missing text columns become "", a missing `value_date` NaT.

    Returns:
        A frame with `ITEM_COLUMNS` in order and a range index.
    """
    frame = pd.DataFrame(dict(columns))
    for name, dtype in ITEM_COLUMNS.items():
        if name not in frame:
            frame[name] = _empty_value(dtype)
    frame = frame.astype(dict(ITEM_COLUMNS))
    texts = [name for name, dtype in ITEM_COLUMNS.items() if dtype == TEXT_DTYPE]
    frame[texts] = frame[texts].fillna("")
    return frame[list(ITEM_COLUMNS)].reset_index(drop=True)


def _empty_value(dtype: str) -> Any:
    if dtype == TEXT_DTYPE:
        return ""
    return pd.NaT if dtype.startswith("datetime") else 0
