import pytest

from gevinst.formats.headings import fold, known_words, near_misses, roles_of


@pytest.mark.parametrize(
    "name", ["Beløb", " BELØB ", "Beløb (DKK)", "Beløb i kr.", "Beloeb", "beløb:", "Beløb\nDKK"]
)
def test_a_name_is_the_same_however_it_is_dressed(name: str) -> None:
    assert roles_of(name)[0] == ("amount", 0)


def test_a_foreign_amount_is_not_the_amount_in_kroner() -> None:
    assert roles_of("Beløb i EUR") == (("amount", 2),)


def test_a_name_of_kroner_only_keeps_its_word() -> None:
    assert fold("Kr.") == "kr"


def test_no_word_stands_twice_under_the_same_role() -> None:
    doubled = {
        word for word, roles in known_words().items() if len({role for role, _ in roles}) != len(roles)
    }

    assert doubled == set()


def test_near_misses_are_offered() -> None:
    assert near_misses("Bogforingsdato", ["Bogføringsdato", "Beløb", "Tekst"]) == ["Bogføringsdato"]
