"""An evidence folder as one file, for whoever is to check it elsewhere."""

import os
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: The moment of each file in a pack: the same folder gives the same pack.
MOMENT = (1980, 1, 1, 0, 0, 0)


def write_pack(folder: Path, target: Path) -> None:
    """Write a zip of all files in a folder; it stands there whole, or not at all.

    Raises:
        FileExistsError: there is a file of that name.
        OSError: the disk is full, or the place cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    os.close(handle)
    draft = Path(name)
    try:
        with ZipFile(draft, "w", ZIP_DEFLATED) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                info = ZipInfo(path.relative_to(folder).as_posix(), MOMENT)
                info.compress_type = ZIP_DEFLATED
                with path.open("rb") as source, archive.open(info, "w") as to:
                    while piece := source.read(1 << 20):
                        to.write(piece)
        os.link(draft, target)  # unlike a rename, it overwrites nothing
    finally:
        draft.unlink()
