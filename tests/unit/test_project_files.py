"""The files that other tools read agree with each other."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from RPA.Robocorp.WorkItems import FileAdapter

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-setup.lock")
SHARED_WITH_INSTALLER = ("packaging", "pathspec", "pluggy")


def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def read_yaml(name: str) -> dict[str, Any]:
    content = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def pins(name: str) -> set[str]:
    """Read "package==version ; marker" of each requirement in a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {line.removesuffix(" \\") for line in text.splitlines() if re.match(r"[a-z0-9]", line)}


def versions(name: str) -> set[str]:
    return {pin.split(" ")[0] for pin in pins(name)}


def names(requirements: list[str]) -> list[str]:
    return [re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in requirements]


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_is_pinned_and_has_a_hash(name: str) -> None:
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"))[1:]:
        assert re.match(r"[a-z0-9.-]+==\S+ (; .+ )?\\\n    --hash=sha256:[0-9a-f]{64}", block), block


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "index" not in text


def test_every_dependency_is_locked() -> None:
    locked = names(sorted(pins("requirements.lock")))

    assert [name for name in names(project()["project"]["dependencies"]) if name not in locked] == []


def test_tests_run_on_the_versions_that_robots_run_on() -> None:
    assert versions("requirements.lock") - versions("requirements-test.lock") == set()


def test_the_installer_does_not_change_the_versions_of_others() -> None:
    shared = {
        pin for pin in versions("requirements-test.lock") if pin.split("==")[0] in SHARED_WITH_INSTALLER
    }

    assert len(shared) == len(SHARED_WITH_INSTALLER)
    assert shared - versions("requirements-setup.lock") == set()


def test_conda_pins_are_the_locked_versions_of_our_dependencies() -> None:
    *conda, last = read_yaml("conda.yaml")["dependencies"]
    locked = {pin.split("==")[0]: pin for pin in pins("requirements.lock")}

    assert last == {"pip": [locked[name] for name in names(project()["project"]["dependencies"])]}
    assert all(re.fullmatch(r"[a-z]+=\d+(\.\d+)+", pin) for pin in conda)


def test_robot_yaml_points_at_files_that_exist() -> None:
    robot = read_yaml("robot.yaml")

    assert (ROOT / robot["condaConfigFile"]).is_file()
    assert all((ROOT / folder).is_dir() for folder in (*robot["PATH"], *robot["PYTHONPATH"]))
    assert all((ROOT / file).is_file() for file in robot["ignoreFiles"])


def test_each_task_of_robot_yaml_runs_a_suite_into_the_artifacts_folder() -> None:
    robot = read_yaml("robot.yaml")

    for task in robot["tasks"].values():
        command = shlex.split(task["shell"])
        assert command[:3] == ["python", "-m", "robot"]
        assert command[command.index("--outputdir") + 1] == robot["artifactsDir"]
        assert (ROOT / command[-1]).is_file()


def test_the_work_item_for_development_is_read_by_the_file_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = json.loads((ROOT / "devdata/env.json").read_text(encoding="utf-8"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)

    adapter = FileAdapter()

    assert environment["RPA_WORKITEMS_ADAPTER"] == f"{FileAdapter.__module__}.{FileAdapter.__name__}"
    assert adapter.load_payload(adapter.reserve_input()) == {"robot": "hovedkonto", "period": "2026-10"}


def test_publiccode_has_what_the_standard_demands() -> None:
    public = read_yaml("publiccode.yml")
    mandatory = {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus"} | {
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    }

    assert mandatory - public.keys() == set()
    assert public["maintenance"]["contacts"][0]["name"]
    assert public["localisation"] == {"localisationReady": True, "availableLanguages": ["da", "en"]}


@pytest.mark.parametrize("language", ["da", "en"])
def test_publiccode_describes_gevinst_within_the_lengths_allowed(language: str) -> None:
    description = read_yaml("publiccode.yml")["description"][language]

    assert len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]


def test_publiccode_has_the_version_and_licence_of_the_package() -> None:
    public = read_yaml("publiccode.yml")

    assert public["softwareVersion"] == project()["project"]["version"]
    assert public["legal"]["license"] == project()["project"]["license"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_a_lint_rule_is_left_out_only_for_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.pydocstyle]")[0]
    left_out = re.findall(r'^    ("[A-Z]+\d+",.*)$', section, re.MULTILINE)

    assert left_out
    assert [line for line in left_out if not re.search(r"#\s+\S+", line)] == []
