"""Two changes of one text become one: the sender's come in, ours stand where both changed the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.three_way import Clash, merge

TEXT = st.lists(st.sampled_from("abcd"), max_size=8)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("abc", "abc", "aXc", "aXc"),
        ("abc", "aXc", "abc", "aXc"),
        ("abcde", "Xbcde", "abcdY", "XbcdY"),
        ("abc", "abcX", "Yabc", "YabcX"),
        ("abc", "ac", "abcX", "acX"),
        ("abc", "aXc", "aXc", "aXc"),
        ("abcd", "aXcd", "abYd", "aXYd"),  # neighbours: line by line
        ("", "a", "", "a"),
    ],
)
def test_changes_of_different_lines_all_come_in(base: str, ours: str, theirs: str, merged: str) -> None:
    made = merge(base, ours, theirs)

    assert "".join(made.lines) == merged
    assert made.clashes == ()


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "clash"),
    [
        ("abc", "aXc", "aYc", Clash(ours="X", theirs="Y")),
        ("abc", "ac", "aYc", Clash(ours="", theirs="Y")),
        ("abc", "aXc", "ac", Clash(ours="X", theirs="")),
        ("a", "aX", "aY", Clash(ours="X", theirs="Y")),
    ],
)
def test_where_both_changed_the_same_ours_stands_and_is_told(
    base: str, ours: str, theirs: str, clash: Clash
) -> None:
    made = merge(base, ours, theirs)

    assert "".join(made.lines) == ours
    assert made.clashes == (clash,)


@given(TEXT, TEXT)
def test_without_a_change_of_ours_the_senders_text_comes_whole_and_the_other_way(
    base: list[str], other: list[str]
) -> None:
    assert merge(base, base, other).lines == tuple(other)
    assert merge(base, other, base).lines == tuple(other)
    assert merge(base, other, other).lines == tuple(other)
