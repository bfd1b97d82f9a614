"""A place in words: what a person goes to in the file."""

import pytest

from gevinst.domain.place import Place
from gevinst.texts import Texts
from gevinst.texts.findings import place_text


@pytest.mark.parametrize(
    ("place", "danish", "english"),
    [
        (
            Place(file="a.xlsx", sheet="Okt", line=17, cell="D17"),
            "a.xlsx, ark »Okt«, celle D17",
            "a.xlsx, sheet “Okt”, cell D17",
        ),
        (Place(file="a.csv", line=4), "a.csv, linje 4", "a.csv, line 4"),
        (
            Place(file="a.xml", line=90, cell="Stmt[4]/Ntry[71]"),
            "a.xml, linje 90, element Stmt[4]/Ntry[71]",
            "a.xml, line 90, element Stmt[4]/Ntry[71]",
        ),
    ],
)
def test_a_cell_a_line_and_an_element_are_called_what_they_are(
    place: Place, danish: str, english: str
) -> None:
    assert place_text(place, Texts("da")) == danish
    assert place_text(place, Texts("en")) == english
