"""The page of a run of work items, in each language, and the same for machines."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from gevinst.app.item_report import ItemReport
from gevinst.domain.masking import mask_cpr
from gevinst.domain.work_item import NEEDS_PEOPLE, ItemTally, WorkItem
from gevinst.reports.numbers import decimal_words, period_words
from gevinst.reports.page import RUN_PAGES, page_frame, page_templates
from gevinst.reports.run_json import run_facts
from gevinst.texts import Language, Texts

ITEMS = "opgaver.json"
ITEMS_CONTRACT = "gevinst-items/1"
MOST_ROWS = 500


def write_items(folder: Path, report: ItemReport) -> None:
    """Write the pages and `opgaver.json`.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    for language, name in RUN_PAGES.items():
        (folder / name).write_text(items_page(report, language), encoding="utf-8", newline="\n")
    text = json.dumps(items_json(report), ensure_ascii=False, indent=1)
    (folder / ITEMS).write_text(text + "\n", encoding="utf-8", newline="\n")


def conclude_items(tally: ItemTally, language: Language | str) -> str:
    """What a run of items came to, in one sentence."""
    texts = Texts(language)
    needs_people = tally.business + tally.parked
    parts = [texts.get("items.done", count=tally.done)]
    if tally.made:
        parts.append(texts.get("items.made", count=tally.made))
    if tally.again:
        parts.append(texts.get("items.again", count=tally.again))
    if needs_people:
        parts.append(texts.get("items.needs_people", count=needs_people))
    return f"{', '.join(parts)}."


def items_page(report: ItemReport, language: Language | str) -> str:
    """The page as HTML text, under 1 MB however many items there were."""
    texts = Texts(language)
    people = [one for one in report.items if one.state in NEEDS_PEOPLE]
    facts = {
        "report": report,
        "texts": texts,
        **page_frame(texts, RUN_PAGES),
        "title": report.robot.title.get(str(texts.language), report.robot.title.get("da", report.robot.id)),
        "period": period_words(report.run.period, texts),
        "conclusion": conclude_items(report.tally, texts.language),
        "tone": "act" if people else "ok",
        "minutes": decimal_words(Decimal(report.run.minutes_saved or 0), texts),
        "people": people[:MOST_ROWS],
        "more": max(len(people) - MOST_ROWS, 0),
    }
    return page_templates(texts.language).get_template("items_page.html.j2").render(**facts)


def items_json(report: ItemReport) -> dict[str, Any]:
    """The run and its items with stable keys; no payload, CPR numbers masked."""
    tally = report.tally
    return {
        "contract": ITEMS_CONTRACT,
        "run": {**run_facts(report.run), "state": str(report.run.state)},
        "conclusion": conclude_items(tally, Language.DANISH),
        "conclusion_en": conclude_items(tally, Language.ENGLISH),
        "counts": {
            "done": tally.done,
            "business": tally.business,
            "parked": tally.parked,
            "again": tally.again,
            "made": tally.made,
        },
        "items": [_item(one) for one in report.items],
    }


def _item(one: WorkItem) -> dict[str, Any]:
    return {
        "number": one.number,
        "queue": one.queue,
        "key": mask_cpr(one.key),
        "state": str(one.state),
        "attempt": one.attempt,
        "code": one.code,
        "message": one.message,
    }
