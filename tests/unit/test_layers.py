"""The import rules hold, and would notice a module without a room."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import gevinst

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def layers() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    [contract] = [contract for contract in contracts if contract["type"] == "layers"]
    return [room.strip("() ") for layer in contract["layers"] for room in layer.split("|")]


def test_imports_point_down_only() -> None:
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout


def test_every_module_of_the_package_has_a_room() -> None:
    modules = {path.stem for path in Path(gevinst.__file__).parent.iterdir()} - {
        "__init__",
        "__pycache__",
        "py",
    }

    assert modules - set(layers()) == set()


def test_the_domain_does_no_input_or_output() -> None:
    effects = re.compile(
        r"^\s*(?:import|from) (?:os|sqlite3|subprocess|socket|logging)\b"
        r"|(?<![\w.])open\(|\.(?:read_csv|read_excel|to_csv|to_excel|now|today)\(|\.(?:read|write)_(?:text|bytes)\(",
        re.MULTILINE,
    )
    domain = Path(gevinst.__file__).parent / "domain"
    found = {
        path.name: effects.findall(path.read_text(encoding="utf-8")) for path in sorted(domain.rglob("*.py"))
    }

    assert {name: lines for name, lines in found.items() if lines} == {}
