"""One office for all tests, laid out once."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gevinst.demo import DemoOffice, lay_out

ROBOTS = ("hovedkonto", "skattekonto", "kortindloesning", "gavekonto")


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> DemoOffice:
    return lay_out(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def truths(office: DemoOffice) -> Mapping[str, Mapping[str, Any]]:
    return {robot: json.loads(office.truths[robot].read_text("utf-8")) for robot in ROBOTS}


@pytest.fixture(scope="session")
def main(truths: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    return truths["hovedkonto"]
