"""Open data as files: CSV, JSON, and a Frictionless data package that describes them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gevinst.app.open_data import SMALLEST, DataSet, Row
from gevinst.reports.cells import harmless
from gevinst.texts import Texts

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
PROFILE = "tabular-data-package"


def set_csv(of: DataSet, rows: Sequence[Row]) -> str:
    """Commas, UTF-8, the first row names the fields; what is withheld or not known is empty."""
    text = io.StringIO()
    names = [field.name for field in of.fields]
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    return "" if value is None else harmless(value) if isinstance(value, str) else value


def set_json(rows: Sequence[Row]) -> str:
    """A list of objects, one line each; what is withheld or not known is null."""
    lines = ",\n ".join(json.dumps(dict(row), ensure_ascii=False) for row in rows)
    return f"[{lines}]\n"


def data_package(
    sets: Mapping[DataSet, datetime], *, office: str, address: str, now: datetime, texts: Texts
) -> dict[str, Any]:
    """The description of the public data sets (Frictionless Data Package 1).

    Args:
        sets: each with the moment since which it is public.
        office: who publishes.
        address: of the console, without a slash at its end; "" for paths that are relative.
        now: UTC.
        texts: the language of titles and descriptions.
    """
    return {
        "profile": PROFILE,
        "name": "gevinst",
        "title": texts.get("open.title", office=office),
        "description": texts.get("open.lead", least=SMALLEST),
        "created": now.isoformat(timespec="seconds"),
        "homepage": f"{address}/aabne-data",
        "licenses": [LICENCE],
        "contributors": [{"title": office, "role": "publisher"}],
        "resources": [_resource(one, since, address, texts) for one, since in sets.items()],
    }


def _resource(of: DataSet, since: datetime, address: str, texts: Texts) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": of.id,
        "title": texts.get(f"open.{of.id}.title"),
        "description": texts.get(f"open.{of.id}.text"),
        "path": f"{address}/aabne-data/{of.id}.csv" if address else f"{of.id}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "published": since.date().isoformat(),
        "licenses": [LICENCE],
        "schema": {
            "fields": [
                {"name": one.name, "type": one.type, "description": texts.get(f"open.field.{one.name}")}
                for one in of.fields
            ],
            "primaryKey": list(of.key),
            "missingValues": [""],
        },
    }
