"""Text files as Danish banks and ERP systems write them: CSV shapes and the list display of KMD Opus."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gevinst.domain.money import kroner

LINE_END = "\r\n"
TURNED = str.maketrans(",.", ".,")


def amount_text(ore: int, *, thousands: bool = True, minus_behind: bool = False) -> str:
    """An amount as Danish text: 1.234,56, with the minus in front, or behind as SAP has it."""
    text = f"{kroner(abs(ore)):,.2f}" if thousands else f"{kroner(abs(ore)):.2f}"
    sign = "-" if ore < 0 else ""
    return text.translate(TURNED) + sign if minus_behind else sign + text.translate(TURNED)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]], *, quote_all: bool = False) -> str:
    """Semicolons, CRLF, one header row; a field with a semicolon or a quote is quoted, or all of them."""
    return "".join(
        ";".join(_field(value, quote_all=quote_all) for value in row) + LINE_END for row in (header, *rows)
    )


def _field(value: str, *, quote_all: bool) -> str:
    if quote_all or ";" in value or '"' in value:
        return '"' + value.replace('"', '""') + '"'
    return value


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list display."""

    title: str
    width: int
    right: bool = False  #: amounts stand to the right


OPUS_COLUMNS = (
    Column(title="Bilagsnummer", width=12),
    Column(title="Pos", width=3),
    Column(title="Bogf.dato", width=10),
    Column(title="Bilagsdato", width=10),
    Column(title="Bilagsart", width=9),
    Column(title="Reference", width=16),
    Column(title="Tekst", width=50),
    Column(title="Beløb", width=18, right=True),
    Column(title="Valuta", width=6),
    Column(title="Modkonto", width=8),
)
AMOUNT_COLUMN = 7
ROWS_A_PAGE = 52


@dataclass(frozen=True, kw_only=True)
class OpusRow:
    """One posting of the list."""

    cells: Sequence[str]  #: one for each of `OPUS_COLUMNS`, the amount as text
    amount: int  #: øre, for the subtotals


@dataclass(frozen=True, kw_only=True)
class OpusList:
    """A list of postings with its heads and balances."""

    title: str  #: the line under the first page head
    printed: date
    opening: int  #: øre
    rows: Sequence[OpusRow]

    @property
    def total(self) -> int:
        """Sum of the rows, øre."""
        return sum(row.amount for row in self.rows)


def opus_text(listing: OpusList) -> str:
    """The list as KMD Opus shows it: pages with heads and headers, `*` under each page, `**` at the end."""
    lines: list[str] = []
    pages = [listing.rows[start : start + ROWS_A_PAGE] for start in range(0, len(listing.rows), ROWS_A_PAGE)]
    for number, page in enumerate(pages, 1):
        lines += _page(listing, page, number=number)
    lines += [
        _total("**", listing.total),
        _dashes(),
        "",
        _balance("Ultimosaldo", listing.opening + listing.total),
    ]
    return LINE_END.join(lines) + LINE_END


def _page(listing: OpusList, rows: Sequence[OpusRow], *, number: int) -> Iterator[str]:
    if number > 1:
        yield ""
    yield f"{listing.printed:%d.%m.%Y}{'':40}Dynamisk listevisning{'':60}{number:>6}"
    yield ""
    if number == 1:
        yield listing.title
        yield _balance("Primosaldo", listing.opening)
    yield _dashes()
    yield _row([column.title for column in OPUS_COLUMNS])
    yield _dashes()
    for row in rows:
        yield _row(row.cells)
    yield _dashes()
    yield _total("*", sum(row.amount for row in rows))
    yield _dashes()


def _row(cells: Sequence[str]) -> str:
    fields = (
        f"{cell:>{column.width}}" if column.right else f"{cell:<{column.width}}"
        for cell, column in zip(cells, OPUS_COLUMNS, strict=True)
    )
    return "|" + "|".join(fields) + "|"


def _total(mark: str, ore: int) -> str:
    cells = [""] * len(OPUS_COLUMNS)
    cells[0] = mark
    cells[AMOUNT_COLUMN] = amount_text(ore, minus_behind=True)
    cells[AMOUNT_COLUMN + 1] = "DKK"
    return _row(cells)


def _dashes() -> str:
    return "-" * (sum(column.width + 1 for column in OPUS_COLUMNS) + 1)


def _balance(title: str, ore: int) -> str:
    return f"{title:<20}{amount_text(ore, minus_behind=True):>24} DKK"
