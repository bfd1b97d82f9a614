"""The file of last month's open items, as a finance office keeps it from one month to the next."""

from collections.abc import Sequence

from gevinst.demo.account import Account
from gevinst.demo.write_excel import Cell, workbook
from gevinst.domain.money import kroner

HEADER = ("Post-id", "Bogføringsdato", "Beløb", "Reference", "Tekst")


def carried_workbook(account: Account) -> bytes:
    """The ledger's open items at the end of last month: a title row, a blank one, the header, the items."""
    title = f"Åbne poster {account.month.before.period}, {account.title} {account.ledger_account}"
    rows: list[Sequence[Cell]] = [[title], [], HEADER]
    rows += [
        [account.ids[item], item.booked, kroner(item.amount), item.reference or None, item.text]
        for item in account.carried
    ]
    return workbook("Åbne poster", rows, widths=[16, 16, 14, 18, 44])
