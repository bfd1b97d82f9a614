"""The file of secrets when it cannot be written."""

import errno
import os
from pathlib import Path

import pytest

from gevinst.runner.secret_places import SecretsFile


def test_a_full_disk_leaves_the_file_as_it_was_and_no_copy_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SecretsFile(tmp_path / "hemmeligheder.env")
    kept.set("erp", {"password": "first"})

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        kept.set("erp", {"password": "second"})

    assert kept.get("erp") == {"password": "first"}
    assert [file.name for file in tmp_path.iterdir()] == ["hemmeligheder.env"]
