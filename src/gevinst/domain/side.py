"""The two sides of a reconciliation."""

from enum import StrEnum


class Side(StrEnum):
    """The two sides; a bank or a counterpart is left, the ledger is right."""

    LEFT = "left"
    RIGHT = "right"
