"""Why a file is written in a layout, or what of the layout it lacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gevinst.domain.masking import shown_value
from gevinst.formats.bank_files import bank_format, bank_title
from gevinst.formats.detection import Told, grids_of
from gevinst.formats.grid import Grid, Syntax, cell_text
from gevinst.formats.headings import fold
from gevinst.formats.intake import Intake
from gevinst.formats.kinds import Kind, head_text, kind_of
from gevinst.formats.layouts import Layout, header_row, table_of

MOST_NAMES = 8
SYNTAX = {Kind.CAMT: "camt", Kind.BANK: "bank", Kind.SAFT: "saft", Kind.WORKBOOK: "workbook"}


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Whether a layout fits, and why not."""

    layout: Layout
    because: str = ""  #: "" when it fits; else cli.layouts.why.<because> in the catalogue
    facts: Mapping[str, str | int]

    @property
    def fits(self) -> bool:
        """Whether the file is written in the layout."""
        return not self.because


def fits_of(intake: Intake, layouts: Mapping[str, Layout]) -> list[Fit]:
    """Hold a file against each layout.

    Raises:
        InputRejectedError: the file is of no kind that a layout describes, or cannot be opened.
    """
    kind = kind_of(intake)
    grids = grids_of(intake, kind, Told(mapping={}))[0] if kind in {Kind.TEXT, Kind.WORKBOOK} else ()
    syntax = grids[0].syntax.value if grids else SYNTAX.get(kind, kind.value)
    return [_fit(layout, syntax, grids, intake) for layout in layouts.values()]


def _fit(layout: Layout, syntax: str, grids: Sequence[Grid], intake: Intake) -> Fit:
    if layout.syntax.value != syntax:
        facts = {"found": syntax, "wanted": layout.syntax.value}
        return Fit(layout=layout, because="other_syntax", facts=facts)
    if layout.syntax is Syntax.BANK:
        head = head_text(intake.head)
        same = bank_format(head) == layout.id
        return Fit(layout=layout, because="" if same else "other_format", facts={"found": bank_title(head)})
    if not grids:
        return Fit(layout=layout, facts={})
    # Of several sheets, the one that lacks least speaks for the workbook.
    return min((_grid_fit(layout, grid) for grid in grids), key=_lack)


def _lack(fit: Fit) -> int:
    return int(fit.facts.get("count", 0)) if fit.because else -1


def _grid_fit(layout: Layout, grid: Grid) -> Fit:
    if not layout.header and not layout.anchors:
        found = table_of(grid, layout) is not None
        facts: dict[str, str | int] = {"starts": layout.starts, "fields": layout.fields, "count": 1}
        because = "other_start" if layout.starts else "other_width"
        return Fit(layout=layout, because="" if found else because, facts=facts)
    index, hits = header_row(grid, layout)
    names = [cell_text(cell) for cell in grid.rows[index]] if hits else []
    because, wrong = next(_header_faults(layout, names), ("", []))
    return Fit(layout=layout, because=because, facts={"names": _listed(wrong), "count": len(wrong)})


def _header_faults(layout: Layout, names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with a header, the weightiest first."""
    found = [fold(name) for name in names]
    wanted = layout.header or layout.anchors
    if missing := [name for name in wanted if fold(name) not in found]:
        yield "missing", missing
    if layout.anchors:
        doubled = [name for name in wanted if found.count(fold(name)) > 1]
        yield from [("doubled", doubled)] if doubled else []
        return
    known = [fold(name) for name in wanted]
    if extra := [name for name in names if name and fold(name) not in known]:
        yield "extra", extra
    if [name for name in found if name] != [name for name in known if name]:
        yield "order", list(names)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(shown_value, names[:MOST_NAMES]))
    return f"{shown} …" if len(names) > MOST_NAMES else shown
