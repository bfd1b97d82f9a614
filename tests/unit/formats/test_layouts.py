import pytest

from gevinst.formats.layouts import LayoutError, packaged_layouts, parse_layout
from gevinst.formats.plan import Role

MINE = """
id = "egen_csv"
syntax = "delimited"
header = ["Dag", "Kr"]
[title]
da = "Vores egen"
en = "Our own"
[columns]
date = "Dag"
amount = "Kr"
"""


def test_every_packaged_layout_has_its_file_name_as_id() -> None:
    layouts = packaged_layouts()

    assert {"danske_csv", "nordea_csv", "opus_list", "camt", "bankdata_csv"} <= layouts.keys()
    assert all(layout.title.da and layout.title.en for layout in layouts.values())


def test_a_header_names_every_column_that_its_layout_uses() -> None:
    loose = [
        (layout.id, role)
        for layout in packaged_layouts().values()
        for role, column in layout.columns.items()
        if layout.header and column not in layout.header
    ]

    assert loose == []


def test_a_layout_of_ones_own_is_checked_and_read() -> None:
    assert parse_layout(MINE, "egen.toml").columns == {Role.DATE: "Dag", Role.AMOUNT: "Kr"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('amount = "Kr"', ""), "needs a date, and an amount"),
        (("header", "hoved"), "hoved"),
        (('syntax = "delimited"', 'syntax = "word"'), "syntax"),
        (('header = ["Dag", "Kr"]', ""), "known by one of"),
        (("[title]", "[title"), "egen.toml"),
    ],
)
def test_a_layout_that_cannot_be_used_says_what_is_wrong(change: tuple[str, str], said: str) -> None:
    with pytest.raises(LayoutError, match=said):
        parse_layout(MINE.replace(*change), "egen.toml")
