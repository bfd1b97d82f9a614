"""Ten times the usual volume: how much longer a run takes, what it needs, and how large its page is."""

import os
import random
from dataclasses import dataclass
from pathlib import Path

from acceptance.offices import TestOffice

LIMITS = "[limits]\ntimeout_minutes = 60\n"
KRONER = 900_000
OPEN = 50  # one bank line of so many is in no ledger


@dataclass(frozen=True, kw_only=True)
class Volume:
    """What one run of so many bank lines and postings took."""

    lines: int
    seconds: float  #: of processor time
    memory: int  #: MB at most, of the largest process
    page: int  #: bytes of koersel.html
    state: str


def measured(folder: Path, lines: int) -> Volume:
    """Run a robot over so many bank lines, in child processes of this one."""
    office = TestOffice(folder).furnish()
    robot = office.add_robot("volume")
    file = office.folder / "robots" / robot / "robot.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("[limits]\ntimeout_minutes = 2\n", LIMITS), encoding="utf-8"
    )
    _write(office, robot, lines)
    process = office.start("run", robot, "--period", "2026-10")
    process.stdout.close()  # type: ignore[union-attr] # it has a pipe
    _, _, used = os.wait4(process.pid, 0)
    [run] = office.database("SELECT folder, state FROM run")
    page = office.data / "koersler" / str(run[0]) / "koersel.html"
    return Volume(
        lines=lines,
        seconds=used.ru_utime + used.ru_stime,
        memory=used.ru_maxrss // 1024,
        page=page.stat().st_size if page.is_file() else 0,
        state=str(run[1]),
    )


def _write(office: TestOffice, robot: str, lines: int) -> None:
    chance = random.Random(lines)  # noqa: S311 - no secret
    bank, ledger = ["Dato;Tekst;Beløb;Reference"], ["Bilag;Dato;Tekst;Beløb;Reference"]
    for number in range(lines):
        day, amount = f"{1 + number % 28:02}-10-2026", f"{chance.randrange(100, KRONER)},{number % 100:02}"
        bank.append(f"{day};Betaling {number};{amount};R{number}")
        if number % OPEN:
            ledger.append(f"{number};{day};Betaling {number};{amount};R{number}")
    office.put(robot, "bank", "\n".join([*bank, ""]))
    office.put(robot, "ledger", "\n".join([*ledger, ""]))
