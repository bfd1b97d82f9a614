"""What an evidence folder keeps of a run, read again: its matches, and its inputs as they were."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gevinst.app.ports import OUTPUT_LINES, KeptGroup
from gevinst.domain.decision import DECIDED
from gevinst.domain.flow import SentLine
from gevinst.domain.sampling import SampleMatch

RESULT = "result.json"
MANIFEST = "manifest.json"
INPUT = "input/"


def kept_groups(folder: Path) -> list[KeptGroup]:
    """The matches of a run, as its result has them; none when the folder has no result."""
    return [
        KeptGroup(
            left=tuple(one["left"]),
            right=tuple(one["right"]),
            made_by=one["pass"],
            amount=_amount(one),
            difference=one["difference"],
        )
        for one in _document(folder / RESULT).get("groups", ())
    ]


def kept_matches(folder: Path, language: str) -> list[SampleMatch]:
    """The robot's own matches of a run, with their sentences in a language (da or en); people's left out."""
    sentence = "because" if language == "da" else "because_en"
    return [
        SampleMatch(
            pass_id=one["pass"],
            left=tuple(one["left"]),
            right=tuple(one["right"]),
            amount=_amount(one),
            difference=one["difference"],
            because=one[sentence],
        )
        for one in _document(folder / RESULT).get("groups", ())
        if one["pass"] != DECIDED
    ]


def _amount(group: Mapping[str, Any]) -> int:
    """What a match is about: the sum of its left side, of its right where it has no left."""
    amount: int = group["evidence"]["amount_left" if group["left"] else "amount_right"]
    return amount


def kept_lines(folder: Path, name: str, digest: str) -> tuple[SentLine, ...] | None:
    """The rows of the input that a file of a run holds.

    Args:
        folder: evidence of the run.
        name: of the file.
        digest: the SHA-256 that it left with; "" when it is not known.

    Returns:
        None when the run has kept no list, or one of another file.
    """
    kept = _document(folder / OUTPUT_LINES).get(name)
    if kept is None or digest not in ("", kept["sha256"]):
        return None
    return tuple(
        SentLine(document=document, item=item, account=account, amount=amount)
        for document, item, account, amount in kept["lines"]
    )


def kept_inputs(folder: Path) -> dict[str, Path]:
    """The inputs of a run by their SHA-256; one that was changed since, or is gone, is left out."""
    files = _document(folder / MANIFEST).get("files", ())
    paths = {one["sha256"]: folder / one["path"] for one in files if _is_input(one["path"])}
    return {digest: path for digest, path in paths.items() if path.is_file() and _sha256(path) == digest}


def kept_source(folder: Path, side: str, file: str) -> Path | None:
    """The input that a side was read from, where several had one name; None when that cannot be told.

    Args:
        folder: evidence of the run.
        side: left or right.
        file: name that the input had.
    """
    of_side = {
        one["sha256"]
        for one in _document(folder / RESULT).get("sources", ())
        if (one["side"], one["file"]) == (side, file)
    }
    kept = _document(folder / MANIFEST).get("files", ())
    found = [folder / one["path"] for one in kept if one["sha256"] in of_side and _is_input(one["path"])]
    return found[0] if len(found) == 1 else None


def _is_input(path: str) -> bool:
    """Whether a manifest, which others may have changed, names a file in the folder of inputs."""
    return path.startswith(INPUT) and ".." not in PurePosixPath(path).parts


def _document(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return content


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
