"""Plain tables on a terminal."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Columns wide enough for their cells; those of `right` are right-aligned."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]

    def shown(line: Sequence[str]) -> str:
        cells = [
            cell.rjust(widths[at]) if at in right else cell.ljust(widths[at]) for at, cell in enumerate(line)
        ]
        return "  ".join(cells).rstrip()

    ruler = "  ".join("─" * width for width in widths)
    return "\n".join([shown(lines[0]), ruler, *(shown(line) for line in lines[1:])])
