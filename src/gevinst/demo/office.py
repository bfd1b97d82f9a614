"""Lay out the demo office: the files that its robots read, and the truth beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gevinst.demo import card_settlements, gift_account, main_files, tax_account
from gevinst.demo.account import Account
from gevinst.demo.carried import carried_workbook
from gevinst.demo.main_account import main_account
from gevinst.demo.month import Month
from gevinst.demo.truth import truth
from gevinst.demo.write_text import amount_text, csv_text

BANK = "ind/bank"
LEDGER = "ind/finans"
TRUTH = "facit"
ANSI = "cp1252"
UTF_8 = "utf-8"
UTF_8_BOM = "utf-8-sig"
BALANCES_HEADER = ("Konto", "Kontonavn", "Primosaldo", "Bevægelse", "Ultimosaldo")


@dataclass(frozen=True, kw_only=True)
class DemoOffice:
    """Where the files of the office are."""

    folder: Path
    period: str
    inputs: Mapping[
        str, Mapping[str, Path]
    ]  #: by robot and source: bank, ledger, carried, bank_csv, ledger_xlsx
    truths: Mapping[str, Path]  #: by robot
    balances: Path  #: the trial balance, with opening and closing balance of every account in the ledger


@dataclass(frozen=True, kw_only=True)
class _AccountFiles:
    """The files of one account by source: path under the office's folder, and content."""

    account: Account
    files: Mapping[str, tuple[str, bytes]]
    other_ids: Mapping[str, Mapping[str, str]]


def lay_out(folder: Path, *, seed: int = 2026, period: str = "2026-10", times: int = 1) -> DemoOffice:
    """Write the office's input files and truths for one month; what is there already is written over.

    Args:
        folder: made if it is not there.
        seed: the same seed gives the same bytes on every machine.
        period: a month such as `2026-10`, with at least 18 bank days.
        times: how many times as many single payments the main account has.

    Raises:
        ValueError: the period is not a month.
        OSError: a file cannot be written.
    """
    month = Month.of(period)
    accounts = (_main(month, seed, times), _tax(month, seed), _cards(month, seed), _gifts(month, seed))
    return DemoOffice(
        folder=folder,
        period=period,
        inputs={files.account.robot: _write_inputs(folder, files) for files in accounts},
        truths={files.account.robot: _write_truth(folder, files) for files in accounts},
        balances=_write(
            folder, f"{LEDGER}/saldobalance_{period}.csv", _balances([f.account for f in accounts])
        ),
    )


def _main(month: Month, seed: int, times: int) -> _AccountFiles:
    account = main_account(month, seed, times=times)
    name = f"hovedkonto_{month.period}"
    return _AccountFiles(
        account=account,
        files={
            "bank": (f"{BANK}/{name}.xml", main_files.statement_camt(account)),
            "bank_csv": (f"{BANK}/{name}.csv", main_files.statement_csv(account).encode(UTF_8_BOM)),
            "ledger": (f"{LEDGER}/{name}.txt", main_files.ledger_text(account).encode(ANSI)),
            "ledger_xlsx": (f"{LEDGER}/{name}.xlsx", main_files.ledger_workbook(account)),
            "carried": (
                f"{LEDGER}/hovedkonto_aabne_poster_{month.before.period}.xlsx",
                carried_workbook(account),
            ),
        },
        other_ids={"csv": main_files.statement_csv_ids(account)},
    )


def _tax(month: Month, seed: int) -> _AccountFiles:
    account = tax_account.tax_account(month, seed)
    name = f"skattekonto_{month.period}"
    return _AccountFiles(
        account=account,
        files={
            "bank": (f"{BANK}/{name}.csv", tax_account.statement_csv(account).encode(ANSI)),
            "ledger": (f"{LEDGER}/{name}.xlsx", tax_account.ledger_workbook(account)),
        },
        other_ids={},
    )


def _cards(month: Month, seed: int) -> _AccountFiles:
    account = card_settlements.card_account(month, seed)
    name = f"kortindloesning_{month.period}"
    return _AccountFiles(
        account=account,
        files={
            "bank": (f"{BANK}/{name}.csv", card_settlements.bank_csv(account).encode(ANSI)),
            "ledger": (f"{LEDGER}/{name}.csv", card_settlements.ledger_csv(account).encode(UTF_8)),
            "carried": (
                f"{LEDGER}/kortindloesning_aabne_poster_{month.before.period}.xlsx",
                carried_workbook(account),
            ),
        },
        other_ids={},
    )


def _gifts(month: Month, seed: int) -> _AccountFiles:
    account = gift_account.gift_account(month, seed)
    name = f"gavekonto_{month.period}"
    return _AccountFiles(
        account=account,
        files={
            "bank": (f"{BANK}/{name}.csv", gift_account.bank_csv(account).encode(UTF_8)),
            "ledger": (f"{LEDGER}/{name}.csv", gift_account.ledger_csv(account).encode(UTF_8)),
        },
        other_ids={},
    )


def _write_inputs(folder: Path, files: _AccountFiles) -> dict[str, Path]:
    return {source: _write(folder, path, content) for source, (path, content) in files.files.items()}


def _write_truth(folder: Path, files: _AccountFiles) -> Path:
    answer = truth(files.account, other_ids=files.other_ids)
    name = f"{TRUTH}/{files.account.robot}_{files.account.month.period}.json"
    return _write(folder, name, json_bytes(answer))


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """One line for each part of the value and each member of its lists, so that a difference can be read."""
    parts = (f"{json.dumps(key)}: {_json_part(part)}" for key, part in value.items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode(UTF_8)


def _json_part(part: object) -> str:
    if isinstance(part, list) and part:
        return "[\n  " + ",\n  ".join(json.dumps(member, ensure_ascii=False) for member in part) + "\n]"
    return json.dumps(part, ensure_ascii=False)


def _balances(accounts: Sequence[Account]) -> bytes:
    rows = (
        (
            account.ledger_account,
            account.title,
            amount_text(account.ledger_opening),
            amount_text(account.ledger_closing - account.ledger_opening),
            amount_text(account.ledger_closing),
        )
        for account in accounts
    )
    return csv_text(BALANCES_HEADER, rows).encode(ANSI)


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
