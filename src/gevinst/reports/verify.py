"""Check an evidence folder of Gevinst with Python alone: python3 verify.py [FOLDER] [--key PUBLIC_KEY.pem].

Kontrollér en bevismappe fra Gevinst. One file, standard library only: it reads no code of Gevinst. It
checks each file's hash, the signature (Ed25519, RFC 8032) and what was deleted by rule, and adds up the
control totals and the bridge again from the item lists. Exit code 0: all is as it was sealed; 1: not, and
each file is named.
"""

import argparse
import base64
import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

SUMS, SIGNATURE, PUBLIC_KEY, MANIFEST = "SHA256SUMS", "SHA256SUMS.sig", "public_key.pem", "manifest.json"
RESULT, GROUPS = "result.json", "grupper.csv"
DELETED, DELETED_SIGNATURE = "slettet.json", "slettet.json.sig"
ITEMS = {"left": "poster_venstre.csv", "right": "poster_hoejre.csv"}
NOT_IN_SUMS = frozenset({SUMS, SIGNATURE, DELETED, DELETED_SIGNATURE})
WORDS = {
    "changed": "ÆNDRET / CHANGED",
    "missing": "MANGLER / MISSING",
    "added": "TILFØJET / ADDED",
    "unsigned": "IKKE UNDERSKREVET / NOT SIGNED",
    "signature": "UNDERSKRIFTEN PASSER IKKE / SIGNATURE DOES NOT FIT",
    "other_key": "EN ANDEN NØGLE / ANOTHER KEY",
    "unreadable": "KAN IKKE LÆSES / CANNOT BE READ",
    "sum": "SUMMEN PASSER IKKE / TOTAL DOES NOT FIT",
}
KEY_HEAD = bytes.fromhex("302a300506032b6570032100")  # DER of an Ed25519 public key, before its 32 bytes
Problem = tuple[str, str, str]  #: a word of WORDS, the file or total, and what was found

# Ed25519, RFC 8032 section 5.1: the curve's prime, order, constant and base point.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        total = _add(total, point) if number & 1 else total
        point, number = _add(point, point), number >> 1
    return total


def _point(packed: bytes) -> Point:
    value = int.from_bytes(packed, "little")
    sign, y = value >> 255, value & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def ed25519_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature (64 bytes) is that of a message by the owner of a public key (32 bytes)."""
    try:
        own, shown = _point(key), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L:  # noqa: PLR2004 - RFC 8032
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    right = _add(shown, _times(int.from_bytes(digest, "little") % L, own))
    left = _times(scalar, _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


Fits = Callable[[bytes, bytes, bytes], bool]
Trust = tuple["set[bytes] | None", Fits]  #: keys that may have signed, None for any; what checks a signature


def raw_key(pem: bytes) -> bytes:
    """The 32 bytes of a public key; ValueError when it is no Ed25519 key in PEM."""
    lines = [line for line in pem.decode("ascii").splitlines() if line and not line.startswith("-----")]
    der = base64.b64decode("".join(lines), validate=True)
    if not der.startswith(KEY_HEAD) or len(der) != len(KEY_HEAD) + 32:
        raise ValueError("no Ed25519 public key")
    return der[len(KEY_HEAD) :]


def fingerprint(key: bytes) -> str:
    """SHA-256 of the key in DER, hex: as `openssl pkey -pubin -outform DER | sha256sum` gives it."""
    return hashlib.sha256(KEY_HEAD + key).hexdigest()


def check(folder: Path, *, trusted: set[bytes] | None = None, fits: Fits = ed25519_fits) -> list[Problem]:
    """All that is not as it was sealed; an empty list when everything is.

    `trusted` are the public keys (32 bytes) that may have signed; None takes the one in the folder.
    """
    try:
        listed = dict(_listed((folder / SUMS).read_text("utf-8")))
    except (OSError, ValueError) as error:
        return [("unreadable", SUMS, str(error))]
    problems = list(_signature_problems(folder, SUMS, (trusted, fits)))
    deleted, more = _deleted(folder, (trusted, fits))
    problems += [*more, *_file_problems(folder, listed, deleted)]
    whole = RESULT in listed and not {RESULT, GROUPS, *ITEMS.values()} & deleted.keys()
    if problems or not whole:
        return problems
    try:
        return list(_sum_problems(folder))
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [("unreadable", RESULT, str(error))]


def _listed(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        digest, mark, name = line.removeprefix("\\").partition("  ")
        if not mark or len(digest) != 64:  # noqa: PLR2004 - hex of SHA-256
            raise ValueError(line)
        escaped = line.startswith("\\")
        yield name.replace("\\n", "\n").replace("\\\\", "\\") if escaped else name, digest


def _signature_problems(folder: Path, file: str, trust: Trust) -> Iterator[Problem]:
    signature = folder / f"{file}.sig"
    if not signature.is_file():
        yield "unsigned", file, signature.name
        return
    try:
        key = raw_key(_deletion_key(folder) if file == DELETED else (folder / PUBLIC_KEY).read_bytes())
    except (OSError, ValueError) as error:
        yield "unreadable", PUBLIC_KEY, str(error)
        return
    trusted, fits = trust
    if trusted is not None and key not in trusted:
        yield "other_key", file, fingerprint(key)
    if not fits(key, (folder / file).read_bytes(), signature.read_bytes()):
        yield "signature", file, signature.name


def _deletion_key(folder: Path) -> bytes:
    """The public key of a later deletion: the office may have changed its key since."""
    return str(json.loads((folder / DELETED).read_text("utf-8"))["public_key"]).encode("ascii")


def _deleted(folder: Path, trust: Trust) -> tuple[Mapping[str, str], list[Problem]]:
    """Files deleted by rule, with their hashes; the note of it counts only when it is signed."""
    if not (folder / DELETED).exists() and not (folder / DELETED_SIGNATURE).exists():
        return {}, []
    try:
        note = json.loads((folder / DELETED).read_text("utf-8"))
        files = {str(one["path"]): str(one["sha256"]) for one in note["files"]}
        problems = list(_signature_problems(folder, DELETED, trust))
    except (OSError, ValueError, LookupError, TypeError) as error:
        return {}, [("unreadable", DELETED, str(error))]
    return ({}, problems) if problems else (files, [])


def _file_problems(folder: Path, listed: Mapping[str, str], deleted: Mapping[str, str]) -> Iterator[Problem]:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() or path.is_symlink()
    }
    for name, digest in sorted(listed.items()):
        if name in there:
            found = _sha256(folder / name)
            if found != digest:
                yield "changed", name, found
        elif deleted.get(name) != digest:
            yield "missing", name, digest
    for name in sorted(there - listed.keys() - NOT_IN_SUMS):
        yield "added", name, _sha256(folder / name)


def _sha256(path: Path) -> str:
    try:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        return str(error)
    return digest.hexdigest()


def _sum_problems(folder: Path) -> Iterator[Problem]:
    """Add up again: the totals of each side, each group, and the bridge."""
    result = json.loads((folder / RESULT).read_text("utf-8"))
    if not result["totals"]:
        return  # the input was rejected: nothing was matched
    sums: Counter[tuple[str, str]] = Counter()
    members: Counter[tuple[str, str]] = Counter()
    for side, name in ITEMS.items():
        for ore, group, proposal in _items(folder / name):
            place = "matched" if group else "proposed" if proposal else "open"
            sums.update({(side, place): ore, (side, f"{place} count"): 1})
            members[side, group] += ore
        for place in ("matched", "open", "proposed"):
            told = result["totals"][side][place]
            yield from _differs(f"{side} {place}", told["sum"], sums[side, place])
            yield from _differs(f"{side} {place} count", told["count"], sums[side, f"{place} count"])
    groups = list(_groups(folder / GROUPS))
    for number, left, right, difference in groups:
        yield from _differs(f"group {number} left", left, members["left", number])
        yield from _differs(f"group {number} right", right, members["right", number])
        yield from _differs(f"group {number} difference", difference, left - right)
    yield from _bridge_problems(result, sums, sum(group[3] for group in groups))


def _bridge_problems(
    result: Mapping[str, Any], sums: Mapping[tuple[str, str], int], accepted: int
) -> Iterator[Problem]:
    bridge = result["bridge"]
    still = {
        side: sums.get((side, "open"), 0) + sums.get((side, "proposed"), 0) for side in ("left", "right")
    }
    unexplained = bridge["left_balance"] - bridge["right_balance"] - still["left"] + still["right"] - accepted
    yield from _differs("bridge open left", bridge["open_left"], still["left"])
    yield from _differs("bridge open right", bridge["open_right"], still["right"])
    yield from _differs("bridge accepted", bridge["accepted"], accepted)
    yield from _differs("bridge difference", bridge["difference"], unexplained)
    if result["state"] == "agreed" and (unexplained or any(still.values())):
        yield "sum", "state agreed", f"{unexplained} øre"


def _differs(name: str, told: int, found: int) -> Iterator[Problem]:
    if told != found:
        yield "sum", name, f"{told} ≠ {found}"


def _items(file: Path) -> Iterator[tuple[int, str, str]]:
    """Øre, group and proposal of each item; the columns have a fixed order, their heads are Danish."""
    for row in _rows(file):
        yield _ore(row[3]), row[11], row[12]


def _groups(file: Path) -> Iterator[tuple[str, int, int, int]]:
    for row in _rows(file):
        yield row[0], _ore(row[4]), _ore(row[5]), _ore(row[6])


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.reader(opened, delimiter=";")
        next(rows)
        yield from rows


def _ore(text: str) -> int:
    whole, _, decimals = text.partition(",")
    return int(whole + decimals)


def _signed_with(folder: Path) -> Iterator[tuple[str, str]]:
    """What is signed, with its key's fingerprint; a deletion may have another key than the folder."""
    yield SUMS, fingerprint(raw_key((folder / PUBLIC_KEY).read_bytes()))
    if (folder / DELETED).exists():
        yield DELETED, fingerprint(raw_key(_deletion_key(folder)))


def main() -> int:
    """Check a folder and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", type=Path, help="offentlig nøgle / public key, PEM")
    asked = parser.parse_args()
    trusted = {raw_key(key.read_bytes()) for key in asked.key} if asked.key else None
    problems = check(asked.folder, trusted=trusted)
    for word, name, found in problems:
        print(f"{WORDS[word]}: {name} ({found})")  # noqa: T201 - a script for people
    if not problems:
        print(f"OK: {asked.folder}")  # noqa: T201 - as above
        for file, key in _signed_with(asked.folder):
            print(f"{file}: underskrevet med / signed with: {key}")  # noqa: T201 - as above
    if not asked.key:
        print("Sammenlign hver nøgle med registret / compare each key with the register.")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
