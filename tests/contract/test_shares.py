"""A database file is kept off network shares."""

from pathlib import Path

import pytest

from gevinst.app.ports import StoreShareError
from gevinst.store import open_store, shares

MOUNTS = r"""
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/fælles\040drev rw - cifs //server/finance rw
41 40 8:2 / /mnt/fælles\040drev/local rw - ext4 /dev/sdb1 rw
42 22 0:36 / /home rw - nfs4 server:/home rw
43 22 8:3 / /home rw - ext4 /dev/sdc1 rw
""".strip().splitlines()


@pytest.mark.parametrize(
    ("path", "filesystem"),
    [
        ("/var/lib/gevinst/store.db", "ext4"),
        ("/mnt/fælles drev/store.db", "cifs"),
        ("/mnt/fælles drev/local/store.db", "ext4"),
        ("/mnt/fælles drev 2/store.db", "ext4"),
        ("/home/store.db", "ext4"),  # the last mount at a place lies on top
    ],
)
def test_the_nearest_mount_says_what_holds_a_file(path: str, filesystem: str) -> None:
    assert shares.filesystem_of(path, MOUNTS) == filesystem


def test_a_database_on_a_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 0:35 / {tmp_path} rw - cifs //server/finance rw\n")
    monkeypatch.setattr(shares, "MOUNTS", mounts)

    with pytest.raises(StoreShareError):
        open_store(f"sqlite:///{tmp_path / 'data' / 'store.db'}")

    assert not (tmp_path / "data").exists()
