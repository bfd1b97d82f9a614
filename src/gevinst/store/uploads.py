"""Two files of a person, kept for a day in a folder of the office's data that only the program may read."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from gevinst.app.two_files import ENDINGS, KEPT, LARGEST, MOST_PAIRS, FileSide, Pair, TwoFilesError, Upload
from gevinst.domain.masking import mask_cpr

FOLDER = "to-filer"
NOTE = "par.json"
KEY_BYTES = 16
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
NAME_LONGEST = 80
_ODD = re.compile(r"[^\w .()+&-]")


@dataclass(frozen=True, kw_only=True)
class PairFolder:
    """See app.two_files.PairShelf."""

    data: Path  #: the office's data folder
    now: Callable[[], datetime]  #: UTC

    def keep(self, user: str, uploads: Mapping[FileSide, Upload]) -> Pair:
        """See PairShelf."""
        self.forget_old()
        names = {side: _checked(uploads.get(side)) for side in FileSide}
        if len(self.pairs(user)) >= MOST_PAIRS:
            raise TwoFilesError("TWO-004", most=MOST_PAIRS)
        key = token_urlsafe(KEY_BYTES)
        folder = self.data / FOLDER / key
        folder.mkdir(mode=0o700, parents=True)
        try:
            for side, name in names.items():
                (folder / str(side)).mkdir()
                (folder / str(side) / name).write_bytes(uploads[side].content)
            pair = Pair(key=key, user=user, made=self.now(), folder=folder, names=names)
            self.note(pair)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # a full disk: nothing half of it stays
            raise
        return pair

    def find(self, user: str, key: str) -> Pair | None:
        """See PairShelf."""
        pair = self._read(self.data / FOLDER / key) if KEY.fullmatch(key) else None
        return pair if pair and pair.user == user and pair.gone > self.now() else None

    def pairs(self, user: str) -> Sequence[Pair]:
        """See PairShelf."""
        own = [one for one in self._all() if one.user == user and one.gone > self.now()]
        return sorted(own, key=lambda one: one.made, reverse=True)

    def note(self, pair: Pair) -> None:
        """See PairShelf."""
        noted = {
            "user": pair.user,
            "made": pair.made.isoformat(),
            "names": {str(side): name for side, name in pair.names.items()},
            "told": {str(side): dict(told) for side, told in pair.told.items()},
            "same_sign": pair.same_sign,
            "outcome": pair.outcome,
            "summary": dict(pair.summary),
        }
        draft = pair.folder / f"{NOTE}.tmp"
        draft.write_text(json.dumps(noted, ensure_ascii=False), "utf-8")
        draft.replace(pair.folder / NOTE)

    def forget_old(self) -> None:
        """See PairShelf."""
        for folder in self._folders():
            pair = self._read(folder)
            old = pair.gone <= self.now() if pair else self._age(folder) > KEPT.total_seconds()
            if old:
                shutil.rmtree(folder, ignore_errors=True)

    def _age(self, folder: Path) -> float:
        """Seconds since a folder without a note was touched: its writer died."""
        try:
            return self.now().timestamp() - folder.stat().st_mtime
        except OSError:  # it went meanwhile
            return 0.0

    def _all(self) -> Iterator[Pair]:
        return (pair for folder in self._folders() if (pair := self._read(folder)))

    def _folders(self) -> Sequence[Path]:
        try:
            return [one for one in (self.data / FOLDER).iterdir() if KEY.fullmatch(one.name)]
        except OSError:  # nobody has sent files yet, or the disk is away
            return []

    def _read(self, folder: Path) -> Pair | None:
        try:
            noted = json.loads((folder / NOTE).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return Pair(
            key=folder.name,
            folder=folder,
            user=noted["user"],
            made=datetime.fromisoformat(noted["made"]),
            names={FileSide(side): name for side, name in noted["names"].items()},
            told={FileSide(side): told for side, told in noted["told"].items()},
            same_sign=noted["same_sign"],
            outcome=noted["outcome"],
            summary=noted["summary"],
        )


def _checked(upload: Upload | None) -> str:
    """The name under which a file is kept."""
    if upload is None or not upload.content:
        raise TwoFilesError("TWO-001")
    name = upload_name(upload.name)
    if Path(name).suffix.lower() not in ENDINGS:
        raise TwoFilesError("TWO-002", file=name, endings=", ".join(sorted(ENDINGS)))
    if len(upload.content) > LARGEST:
        raise TwoFilesError("TWO-003", file=name, megabytes=LARGEST // 1_000_000)
    return name


def upload_name(name: str) -> str:
    """A name without folder, signs that mislead, and CPR numbers; its ending is kept."""
    plain = _ODD.sub("_", mask_cpr(name.replace("\\", "/").rpartition("/")[2])).strip(" .")
    return plain[-NAME_LONGEST:].lstrip(" .~_") or "fil"
