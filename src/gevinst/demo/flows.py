"""The demo input of all robots that work on lists, with the truth beside it."""

from pathlib import Path

from gevinst.demo.flows_consolidation import lay_out_consolidation
from gevinst.demo.flows_controls import lay_out_controls
from gevinst.demo.flows_gathering import put_truth
from gevinst.demo.flows_posting import lay_out_posting
from gevinst.demo.flows_supplier import lay_out_supplier

BALANCES = """\
Saldoliste pr. ultimo
;;;;
Aftale;Bilagsnummer;Status;Dato;Saldo
200001;700001;Fri;05.{month}.{year};-4,50
200002;700002;Fri;12.{month}.{year};-9,99
200003;700003;Spærret;12.{month}.{year};-1,00
200004;700004;Fri;20.{month}.{year};-125,00
200005;700005;Fri;21.{month}.{year};0,35
I alt;;;;-140,14
"""
TRUTH = {"cases": [["blocked_balance", -100]], "proposed": [-450, -999, 35], "other": [-12500]}


def lay_out_flows(folder: Path, period: str) -> None:
    """Write a month's lists under ind/ and their truth under facit/; the same bytes each time.

    Raises:
        OSError: a file cannot be written.
    """
    lay_out_consolidation(folder, period)
    lay_out_controls(folder, period)
    lay_out_posting(folder, period)
    lay_out_supplier(folder, period)
    year, _, month = period.partition("-")
    file = folder / "ind" / "debitor" / f"saldoliste_{period}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(BALANCES.format(year=year, month=month), "utf-8", newline="\r\n")
    put_truth(folder, "smaadifferencer", period, TRUTH)
