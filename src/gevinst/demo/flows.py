"""The demo input of all robots that work on lists, with the truth beside it."""

from pathlib import Path
from typing import Any

from gevinst.demo.flows_consolidation import lay_out_consolidation
from gevinst.demo.flows_controls import lay_out_controls
from gevinst.demo.flows_gathering import put, put_truth
from gevinst.demo.flows_posting import lay_out_posting
from gevinst.demo.flows_supplier import lay_out_supplier
from gevinst.demo.write_text import amount_text, csv_text

BALANCES = (  # status, day, øre, and the list of the truth that it belongs on
    ("Fri", 5, -450, "proposed"),
    ("Fri", 12, -999, "proposed"),
    ("Spærret", 12, -100, "cases"),
    ("Fri", 20, -12_500, "other"),
    ("Fri", 21, 35, "proposed"),
)


def lay_out_flows(folder: Path, period: str) -> None:
    """Write a month's lists under ind/ and their truth under facit/; the same bytes each time.

    Raises:
        OSError: a file cannot be written.
    """
    lay_out_consolidation(folder, period)
    lay_out_controls(folder, period)
    lay_out_posting(folder, period)
    lay_out_supplier(folder, period)
    lay_out_balances(folder, period)


def lay_out_balances(folder: Path, period: str, *, times: int = 1) -> None:
    """Write small balances of agreements, one of them blocked and one too large, and what belongs where."""
    year, _, month = period.partition("-")
    truth: dict[str, list[Any]] = {"cases": [], "proposed": [], "other": []}
    rows = []
    for number, (status, day, ore, where) in enumerate(BALANCES * times, 1):
        rows.append(
            (
                str(200_000 + number),
                str(700_000 + number),
                status,
                f"{day:02}.{month}.{year}",
                amount_text(ore, thousands=False),
            )
        )
        truth[where].append(["blocked_balance", ore] if where == "cases" else ore)
    total = amount_text(times * sum(ore for _, _, ore, _ in BALANCES), thousands=False)
    head = ("Aftale", "Bilagsnummer", "Status", "Dato", "Saldo")
    text = f"Saldoliste pr. ultimo\r\n;;;;\r\n{csv_text(head, [*rows, ('I alt', '', '', '', total)])}"
    put(folder / "ind" / "debitor" / f"saldoliste_{period}.csv", text.encode())
    put_truth(folder, "smaadifferencer", period, truth)
