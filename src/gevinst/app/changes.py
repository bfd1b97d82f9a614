"""What has changed of a robot, or of the office's settings, since the audit trail last noted it."""

from collections.abc import Mapping
from datetime import datetime

from gevinst.app.ports import RunStore
from gevinst.domain.audit import AuditEvent

ROBOT_CHANGED = "robot.change"
SETTINGS_CHANGED = "settings.change"
VERSION = "version"


def note_change(
    store: RunStore, what: str, subject: str, parts: Mapping[str, str], *, who: str, at: datetime
) -> bool:
    """Note the parts (name to content hash) of a subject, when they are not what was noted last.

    Returns:
        Whether there was something to note: also the first time, so that the first state is known.
    """
    noted = store.audit_of([what], subject)
    before = {name: text for name, text in noted[-1].detail.items() if name in parts} if noted else {}
    gone = (
        {name for name in noted[-1].detail if name not in parts and noted[-1].detail[name]}
        if noted
        else set()
    )
    if before == dict(parts) and not gone:
        return False
    detail = {**parts, **dict.fromkeys(sorted(gone), "")}
    store.append_audit(AuditEvent(at=at, who=who, what=what, subject=subject, detail=detail))
    return True
