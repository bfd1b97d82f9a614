"""All of an office in plain files, so that it can go on without this program."""

import csv
import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gevinst.reports.cells import harmless
from gevinst.texts import Language, Texts

TABLES = "tables"
DICTIONARY = "data-dictionary"
SETTINGS = "gevinst.toml"
DATA = "data"
UNFINISHED = ".ufaerdig"
#: Keys that seal: the private one never leaves with the data.
PRIVATE_KEY = "evidence.key"


@dataclass(frozen=True, kw_only=True)
class LeavingTable:
    """A table on its way out."""

    name: str
    columns: Mapping[str, str]  #: name → kind of value
    rows: Iterable[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class LeavingFolders:
    """Where the office's files are."""

    settings: Path
    robots: Path
    tasks: Path  #: its neighbour `resources` goes along
    layouts: Path
    data: Path
    name: str
    language: str
    private: frozenset[Path] = frozenset()  #: files that stay, resolved: keys and secrets of the settings


def write_all(target: Path, tables: Iterable[LeavingTable], folders: LeavingFolders) -> dict[str, int]:
    """Write tables, dictionary, robots, flows, inputs and evidence to a new folder, all or nothing.

    Returns:
        Rows by table.

    Raises:
        FileExistsError: the folder is there.
        OSError: the disk is full, or the place cannot be written.
    """
    with _whole(target) as draft:
        counts: dict[str, int] = {}
        kinds: dict[str, Mapping[str, str]] = {}
        (draft / TABLES).mkdir()
        for table in tables:
            counts[table.name] = _write_table(draft / TABLES, table)
            kinds[table.name] = table.columns
        _write_dictionary(draft, kinds)
        _copy_office(draft, folders)
        return counts


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    if target.exists():
        raise FileExistsError(17, "File exists", str(target))
    draft = target.with_name(target.name + UNFINISHED)
    shutil.rmtree(draft, ignore_errors=True)  # of an export that was broken off
    draft.mkdir(parents=True)
    try:
        yield draft
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_table(folder: Path, table: LeavingTable) -> int:
    """As CSV and as JSON, both row by row; how many rows."""
    count = 0
    csv_file, json_file = folder / f"{table.name}.csv", folder / f"{table.name}.json"
    with (
        csv_file.open("w", encoding="utf-8-sig", newline="") as as_csv,
        json_file.open("w", encoding="utf-8", newline="\n") as as_json,
    ):
        writer = csv.writer(as_csv, delimiter=";", lineterminator="\r\n")
        writer.writerow(table.columns)
        as_json.write("[")
        for row in table.rows:
            writer.writerow([_cell(row[name]) for name in table.columns])
            as_json.write(("\n " if count == 0 else ",\n ") + json.dumps(row, ensure_ascii=False))
            count += 1
        as_json.write("\n]\n")
    return count


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _write_dictionary(folder: Path, kinds: Mapping[str, Mapping[str, str]]) -> None:
    rows = [
        {"table": table, "column": column, "kind": kind, "da": meaning(table, column, Language.DANISH)}
        | {"en": meaning(table, column, Language.ENGLISH)}
        for table, columns in kinds.items()
        for column, kind in columns.items()
    ]
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{DICTIONARY}.json").write_text(text, encoding="utf-8", newline="\n")
    with (folder / f"{DICTIONARY}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["table", "column", "kind", "da", "en"], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def meaning(table: str, column: str, language: Language) -> str:
    """What a column holds: of this table, or of every table that has it.

    Raises:
        MissingTextError: nobody has written it down.
    """
    texts = Texts(language)
    own = f"dictionary.{table}.{column}"
    return texts.get(own if texts.has(own) else f"dictionary.{column}")


def _copy_office(draft: Path, folders: LeavingFolders) -> None:
    """An office that runs where it lies: settings with plain folder names, robots, flows and data."""
    words = {"name": folders.name, "language": folders.language, "data": DATA}
    lines = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in words.items()]
    (draft / SETTINGS).write_text("\n".join(["[office]", *lines, ""]), encoding="utf-8", newline="\n")
    shutil.copyfile(folders.settings, draft / "gevinst.original.toml")
    resources = folders.tasks.parent / "resources"
    stays = _staying(folders.private | {draft.resolve()})
    for source, name in ((folders.robots, "robots"), (folders.tasks, "tasks"), (resources, "resources")):
        shutil.copytree(source, draft / name, ignore=stays)
    if folders.layouts.is_dir():
        shutil.copytree(folders.layouts, draft / "layouts", ignore=stays)
    shutil.copytree(folders.data, draft / DATA, ignore=stays)


def _staying(private: Collection[Path]) -> Callable[[str, list[str]], set[str]]:
    """What of a folder does not go along: the database, keys, secrets, half files, and the draft itself."""
    by_name = shutil.ignore_patterns("gevinst.db*", PRIVATE_KEY, "*.part")

    def stays(folder: str, names: list[str]) -> set[str]:
        return by_name(folder, names) | {name for name in names if Path(folder, name).resolve() in private}

    return stays
