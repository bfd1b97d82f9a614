"""Cells of CSV files that a spreadsheet will open."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def harmless(text: str) -> str:
    """Text on one line that a spreadsheet will not take for a formula."""
    if text.isalnum():
        return text
    line = " ".join(text.replace("\0", "\N{SYMBOL FOR NULL}").splitlines())
    return f"'{line}" if text.startswith(_FORMULA_STARTS) else line
