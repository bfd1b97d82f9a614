"""Rows of the audit trail for an auditor: CSV that a Danish spreadsheet opens, or JSON."""

import csv
import io
import json
from collections.abc import Iterable

from gevinst.domain.audit import AuditRow, canonical_detail
from gevinst.reports.cells import harmless

COLUMNS = ("number", "at", "who", "what", "subject", "detail", "why", "previous_hash", "hash")


def trail_csv(rows: Iterable[AuditRow]) -> str:
    """Semicolons, heads as in the reference, moments ISO 8601 in UTC; details as JSON."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = _values(row) | {"detail": canonical_detail(row.detail)}
        writer.writerow([harmless(str(values[name])) for name in COLUMNS])
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue()


def trail_json(rows: Iterable[AuditRow]) -> str:
    """A list of objects, one line each."""
    lines = ",\n ".join(json.dumps(_values(row), ensure_ascii=False) for row in rows)
    return f"[{lines}]\n"


def _values(row: AuditRow) -> dict[str, object]:
    values = {name: getattr(row, name) for name in COLUMNS}
    return values | {"at": row.at.isoformat(timespec="microseconds"), "detail": dict(row.detail)}
