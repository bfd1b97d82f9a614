"""Open data of spend as files: CSV, and the description by the Data Package standard of Frictionless Data."""

import csv
import io
import json

from gevinst.domain.flows.open_data_spend import CSV_NAME, FIELDS, KEY, OpenSpend
from gevinst.domain.money import kroner
from gevinst.reports.cells import harmless

KINDS = {"month": "yearmonth", "count": "integer", "amount": "number"}


def spend_csv(of: OpenSpend) -> bytes:
    """Commas, UTF-8, the first row names the fields; amounts are kroner with a point."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for *texts, count, amount in of.cells[list(FIELDS)].itertuples(index=False):
        writer.writerow([*map(harmless, texts), int(count), kroner(int(amount))])
    return text.getvalue().encode()


def spend_package(of: OpenSpend) -> bytes:
    """What the CSV holds: its fields, licence, and the smallest cell."""
    resource = {
        "name": "indkoeb",
        "path": CSV_NAME,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": {
            "fields": [{"name": name, "type": KINDS.get(name, "string")} for name in FIELDS],
            "primaryKey": KEY,
        },
    }
    package = {
        "profile": "tabular-data-package",
        "name": f"indkoeb-{of.period}",
        "title": f"{of.settings.title} {of.period}",
        "licenses": [{"name": of.settings.license}],
        "rows": len(of.cells),
        "smallestCell": of.settings.smallest,
        "resources": [resource],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()
