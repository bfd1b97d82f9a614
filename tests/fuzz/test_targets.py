"""What fuzzing begins from is read, so that a run of it finds faults and not itself."""

import pytest

from fuzz.targets import TARGETS, try_one


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_keeps_the_laws_of_every_read_on_its_made_up_files(name: str) -> None:
    beginnings = list(TARGETS[name].beginnings())

    for content in beginnings:
        try_one(TARGETS[name], content)
    assert beginnings
