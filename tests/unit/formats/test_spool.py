from gevinst.formats.grid import Row
from gevinst.formats.spool import is_list, read_list

LIST = """02.11.2026      Dynamisk listevisning      1

Konto 9.22.05 Hovedkonto
Primosaldo             1.000,00 DKK
--------------------------------------------
|Bilag |Bogf.dato |Tekst       |      Beløb|
--------------------------------------------
|10001 |05.10.2026|Leje A|B    |   1.250,00|
|10002 |06.10.2026|Gebyr
       |     12,50-|
--------------------------------------------
|*     |          |            |   1.237,50|
--------------------------------------------

02.11.2026      Dynamisk listevisning      2

--------------------------------------------
|Bilag |Bogf.dato |Tekst       |      Beløb|
--------------------------------------------
|10003 |07.10.2026|Salg        |     100,00|
--------------------------------------------
|**    |          |            |   1.337,50|
--------------------------------------------
Ultimosaldo            2.337,50 DKK
"""


def rows_with(first: str) -> list[Row]:
    grid, _ = read_list(LIST)
    return [row for row in grid.rows if row[0] == first]


def test_a_list_between_bars_is_a_list() -> None:
    assert is_list(LIST)
    assert not is_list("Dato;Tekst;Beløb\n05-10-2026;Leje;1,00\n")
    assert not is_list("Dato|Tekst|Beløb\n05-10-2026|Leje|1,00\n")


def test_a_bar_inside_a_text_stays_in_the_text() -> None:
    assert rows_with("10001") == [["10001", "05.10.2026", "Leje A|B", "1.250,00"]]


def test_a_wrapped_record_is_one_row_on_its_first_line() -> None:
    grid, _ = read_list(LIST)
    row = grid.rows.index(rows_with("10002")[0])

    assert grid.rows[row] == ["10002", "06.10.2026", "Gebyr", "12,50-"]
    assert grid.lines[row] == 9


def test_a_form_feed_at_a_page_ends_no_line() -> None:
    paged = LIST.replace(
        "\n02.11.2026      Dynamisk listevisning      2", "\n\f02.11.2026  Dynamisk listevisning  2"
    )
    plain, _ = read_list(LIST)
    grid, _ = read_list(paged)

    assert (grid.rows, grid.lines) == (plain.rows, plain.lines)


def test_page_heads_and_dashed_lines_are_no_rows() -> None:
    grid, _ = read_list(LIST)

    assert (15, "skipped.page") in grid.outside
    assert len(grid.rows) + len(grid.outside) + 1 == len(LIST.splitlines())


def test_balances_outside_the_bars_are_rows() -> None:
    assert rows_with("Primosaldo") == [["Primosaldo", "1.000,00 DKK"]]
    assert rows_with("Ultimosaldo") == [["Ultimosaldo", "2.337,50 DKK"]]


def test_a_header_of_two_lines_makes_records_of_two_lines() -> None:
    text = (
        "---------------------\n|Bilag |Bogf.dato   |\n|Tekst |       Beløb|\n---------------------\n"
        "|10001 |05.10.2026  |\n|Leje  |    1.250,00|\n---------------------\n"
    )

    grid, _ = read_list(text)

    assert list(grid.rows)[-1] == ["10001", "05.10.2026", "Leje", "1.250,00"]
