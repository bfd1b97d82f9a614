"""Secrets are masked in whatever form a program writes them."""

import base64
import json
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gevinst.domain.secret import MASK, Scrubber, parts_of, text_of
from gevinst.runner.console import keep_console

SECRET = "Blå/bær+grød&9 <x>"
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=8, max_size=40)


@pytest.mark.parametrize(
    "write",
    [
        str,
        quote,
        quote_plus,
        escape,
        json.dumps,
        repr,
        lambda text: text.encode().hex(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"u:{text}:x".encode()).decode(),
        lambda text: base64.b64encode(f"us:{text}".encode()).decode(),
        lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    ],
)
def test_every_form_of_a_secret_is_masked(write) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 - any function
    written = write(SECRET)

    assert MASK in Scrubber([SECRET]).scrub(f"before {written} after")
    assert written not in Scrubber([SECRET]).scrub(f"before {written} after")


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_never_left_in_a_text(secret: str, before: str, after: str) -> None:
    assert secret not in Scrubber([secret]).scrub(f"{before}{secret}{after}").replace(MASK, "")


@given(SECRETS, st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_inside_base64_cannot_be_read_back(secret: str, before: bytes, after: bytes) -> None:
    written = base64.b64encode(before + secret.encode() + after).decode()

    left = Scrubber([secret]).scrub(written).split(MASK)

    assert len(left) > 1
    assert max(map(len, left)) <= len(written) - len(secret)


def test_a_secret_that_is_cut_off_is_masked() -> None:
    assert Scrubber([SECRET]).scrub("password = Blå/bær+gr...") == f"password = {MASK}..."


def test_each_line_of_a_key_is_masked() -> None:
    assert Scrubber(["-----BEGIN\nabcdefgh\nijklmnop"]).scrub("got ijklmnop") == f"got {MASK}"


def test_short_texts_are_left() -> None:
    assert Scrubber(["587"]).scrub("port 587") == "port 587"


def test_a_secret_that_stands_over_two_pieces_of_a_long_line_is_masked(tmp_path: Path) -> None:
    for start in range(9_980, 10_000, 3):
        line = b"x" * start + SECRET.encode() + b"y" * 30_000 + SECRET.encode() + b"\n"
        keep_console(BytesIO(line), tmp_path / "console.txt", scrubber=Scrubber([SECRET]))

        kept = (tmp_path / "console.txt").read_text(encoding="utf-8")
        assert (kept.count(MASK), "grød" in kept) == (2, False)


def test_a_secret_is_kept_with_its_parts() -> None:
    parts = {"user": "RPA", "password": SECRET}

    assert parts_of(text_of(parts)) == parts
    assert parts_of("plain") == {"value": "plain"}
    assert parts_of('{"a": 1}') == {"value": '{"a": 1}'}
