"""Where a robot's file should have been, as a person who must find it knows the folder."""

from dataclasses import replace
from pathlib import Path

from gevinst.domain.finding import Finding


def with_folder(finding: Finding, own: Path, path: Path) -> Finding:
    """A missing file's finding with the folder as the robot's file names it, or as it was given by hand.

    Args:
        finding: of one file; given back as it is when it tells of no folder.
        own: the file as the robot's file names it, for this period.
        path: the file that was looked for.
    """
    if "folder" not in finding.facts:
        return finding
    known = path.parent.as_posix().endswith(own.parent.as_posix())
    return replace(finding, facts={**finding.facts, "folder": (own if known else path).parent.as_posix()})
