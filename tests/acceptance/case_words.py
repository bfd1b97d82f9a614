"""Words of the acceptance suite: run a case of fixtures, and hold what came of it to its answer."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from robot.api.deco import keyword, library

from acceptance.offices import CASES, Ran, TestOffice, expected

Pair = tuple[tuple[str, ...], tuple[str, ...]]


@library(scope="SUITE")
class case_words:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Runs cases in an office, which has settings, flows and words."""

    def __init__(self, office: str) -> None:
        self._office = TestOffice(Path(office))

    @keyword
    def case_should_end_as(self, case: str, state: str, conclusion: str) -> None:
        """Run the case; check state, conclusion (a pattern with *), exit code and work list."""
        answer, ran = expected(CASES / case), self._office.run_case(CASES / case)
        said = ran.facts["summary"]
        _same("state", ran.facts["state"], state)
        _same("exit code", ran.code, answer["exit_code"])
        if not fnmatchcase(said, conclusion):
            raise AssertionError(f"conclusion: {said!r}, expected {conclusion!r}")
        _hold_to(answer, ran)


def _hold_to(answer: Mapping[str, Any], ran: Ran) -> None:
    stand_in = {item: end[0] for end in answer.get("alike", ()) for item in end}
    result = ran.result
    groups = [(one["left"], one["right"]) for one in result["groups"]]
    proposals = [(one["left"], one["right"]) for one in result["proposals"]]
    _same("matches", _pairs(groups, stand_in), _pairs(answer["matched"], stand_in))
    _same("proposals", _pairs(proposals, {}), _pairs(answer["proposals"], {}))
    _same("open", _ends(result["open"]), _ends(answer["open"]))
    suspects = {one["id"]: one["suspect"] for one in answer["open"] if "suspect" in one}
    found = {one["id"]: one["suspect"] for one in result["open"] if one["id"] in suspects}
    _same("suspects", found, suspects)
    _same("accepted", sum(one["difference"] for one in result["groups"]), answer.get("accepted", 0))


def _pairs(groups: Any, stand_in: Mapping[str, str]) -> list[Pair]:
    def named(end: list[str]) -> tuple[str, ...]:
        return tuple(sorted(stand_in.get(item, item) for item in end))

    return sorted((named(left), named(right)) for left, right in groups)


def _ends(items: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["side"], one["id"]) for one in items)


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, expected {wanted!r}")
