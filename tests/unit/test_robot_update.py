"""What an update makes of a robot's files."""

import pytest

from gevinst.app.robot_update import merged_files


@pytest.mark.parametrize("mark", ["\u2028", "\x0c", "\x85"])
def test_a_character_that_only_some_take_for_the_end_of_a_line_stays_as_it_is(mark: str) -> None:
    base = f'title = "Gaver{mark}og fonde"\nowner = "A"\n\ndays = 3\n'

    made = merged_files(
        {"robot.toml": base.encode()},
        {"robot.toml": base.replace('"A"', '"B"').encode()},
        {"robot.toml": base.replace("3", "4").encode()},
    )

    assert made.files["robot.toml"].decode() == f'title = "Gaver{mark}og fonde"\nowner = "B"\n\ndays = 4\n'


def test_lines_of_windows_are_the_same_lines() -> None:
    base = "owner = 1\n\ndays = 3\n"

    made = merged_files(
        {"robot.toml": base.encode()},
        {"robot.toml": b"\xef\xbb\xbf" + base.replace("1", "2").replace("\n", "\r\n").encode()},
        {"robot.toml": base.replace("3", "4").encode()},
    )

    assert (made.files["robot.toml"], made.clashes) == (b"owner = 2\n\ndays = 4\n", {})
