"""The docs as tests read them: a page's fenced blocks are carried out in an office, as a reader would.

* A block of any language with a file behind it, such as `toml robots/x/robot.toml`, is that file's content.
* `diff robots/x/robot.toml` changes it: its lines must stand there exactly once.
* `console` is a terminal: lines after `$ ` are commands, the others what they print. `…` stands for what
  differs from run to run, and alone on a line for any lines.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gevinst.demo import lay_out

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
OFFICE_PARTS = ("gevinst.toml", "robots", "tasks", "resources", "fixtures", "devdata", "robot.yaml")
FINE = {0, 3}  # done, and done with differences for people
PROMPT = "$ "
ANY = "…"
_FENCE = re.compile(
    r"^```(?P<language>\w+)?(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)

LONGEST = 600.0  # seconds; a command that does not end would hold up all tests

#: `run.py` makes `.venv` and then starts this; the environment of the tests is there already.
SAME_AS = {"python3 run.py": "gevinst demo --all"}
#: Commands that no test of the docs runs, and why.
NOT_RUN = {
    "python3 run.py test": "runs the tests, this one among them",
    "git clone ADDRESS gevinst": "fetches from the network",
    "cd gevinst": "goes where the clone is",
    "gevinst console": "goes on until it is stopped; test_started_console.py starts it",
}


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block."""

    language: str
    name: str  #: the file, for content and changes
    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a console block, and what the page says it prints."""

    line: str
    printed: tuple[str, ...]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(language=one["language"] or "", name=one["name"] or "", text=one["text"]) for one in found]


def commands(block: Block) -> list[Command]:
    """The commands of a console block."""
    lines: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith(PROMPT):
            lines.append((line.removeprefix(PROMPT), []))
        else:
            lines[-1][1].append(line)
    return [Command(line=line, printed=tuple(printed)) for line, printed in lines]


class DemoOfficeFolder:
    """A fresh demo office in a folder of its own, and a terminal in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = 0
        folder.mkdir(parents=True)
        for name in OFFICE_PARTS:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        lay_out(folder / "output" / "demo")

    def carry_out(self, page: Path) -> None:
        """Do all that the page's blocks say, in order.

        Raises:
            AssertionError: a command fails or prints something else, or a change does not fit.
        """
        for block in blocks(page):
            if block.language == "console":
                self._type(block)
            elif block.language == "diff" and block.name:
                self._change(block)
            elif block.name:
                self._write(block)

    def run(self, line: str) -> str:
        """Run one command line and give all it prints; its exit code is kept for `$?`."""
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.code}); {line}"],
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=LONGEST,
        )
        self.code = done.returncode
        return done.stdout

    def last_run(self, robot: str) -> Path:
        """The evidence folder of a robot's latest run."""
        return max(
            (self.folder / "output" / "demo" / "koersler" / robot).glob("*/*"), key=lambda path: path.name
        )

    def _type(self, block: Block) -> None:
        typed = [one for one in commands(block) if one.line not in NOT_RUN]
        for place, command in enumerate(typed):
            printed = self.run(SAME_AS.get(command.line, command.line))
            code_is_shown = place + 1 < len(typed) and typed[place + 1].line == "echo $?"
            assert code_is_shown or self.code in FINE, f"{command.line}: exit {self.code}\n{printed}"
            assert prints(command.printed, printed), f"{command.line} printed\n{printed}"

    def _change(self, block: Block) -> None:
        file = self.folder / block.name
        lines = block.text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{block.name} does not have exactly one\n{old}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def _write(self, block: Block) -> None:
        file = self.folder / block.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")


def prints(expected: tuple[str, ...], printed: str) -> bool:
    """Whether a command printed what the page says; nothing said fits anything."""
    lines = [_pattern(line) for line in "\n".join(expected).strip("\n").splitlines()]
    actual = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
    return not lines or re.fullmatch("".join(lines), actual) is not None


def _pattern(line: str) -> str:
    if line.strip() == ANY:
        return r"(?:.*\n)*"
    return ".*".join(re.escape(part) for part in line.rstrip().split(ANY)) + r"\n"


def _environment() -> dict[str, str]:
    """A user's environment with `.venv` active, and none of Gevinst's settings."""
    ours = ("GEVINST_", "RPA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return kept | {"PATH": path, "PYTHONUTF8": "1"}
