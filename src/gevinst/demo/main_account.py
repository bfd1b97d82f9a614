"""The main account (hovedkonto): some 2,500 bank lines and 4,500 postings of one month."""

from gevinst.demo import faults, income, payments
from gevinst.demo.account import (
    Account,
    bank_order,
    carried_items,
    day_numbers,
    ledger_order,
    voucher_numbers,
)
from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.flow import Flow
from gevinst.demo.model import Event, Item
from gevinst.demo.month import Month

ROBOT = "hovedkonto"
LEDGER_ACCOUNT = "9.22.05"
OPENING = 48_215_332_17  # øre
FIRST_VOUCHER = 1_900_041_001
FIRST_CARRIED_VOUCHER = 1_900_039_877
VOUCHER_STEP = 211  # distance between two carried vouchers
STANDARD_PRICES = (51_000, 28_000, 7_500, 125_400, 152_400, 4_831_050, 4_381_050)  # never drawn by chance

FLOWS = (
    income.fik_payments,
    income.fik_batches,
    income.direct_debits,
    income.mobilepay,
    income.card_settlements,
    income.rents,
    income.state_payments,
    income.cash_deposits,
    income.interest,
    income.interchangeable,
    payments.nemkonto_payments,
    payments.nemkonto_batches,
    payments.supplier_payments,
    payments.supplier_batches,
    payments.salaries,
    payments.own_transfers,
    payments.fees,
    payments.refused_direct_debits,
    payments.reversals,
    faults.double_postings,
    faults.wrong_signs,
    faults.swapped_digits,
    faults.missing_postings,
    faults.not_in_bank,
    faults.outstanding,
    faults.carried_items,
    faults.other_account,
    faults.split,
    faults.ambiguous,
)


def main_account(month: Month, seed: int, *, times: int = 1) -> Account:
    """The main account of that month, with so many times the single payments; the same for the same seed."""
    amounts = Amounts(STANDARD_PRICES)
    events: list[Event] = []
    for flow in FLOWS:
        events += flow(Flow(month=month, dice=Dice(seed, flow.__name__), amounts=amounts, times=times))
    lines = bank_order(events, Dice(seed, "bank order"))
    vouchers = ledger_order(events, Dice(seed, "ledger order"))
    carried = carried_items(events)
    ids: dict[Item, str] = day_numbers(lines) | voucher_numbers(vouchers, first=FIRST_VOUCHER)
    for place, posting in enumerate(carried):
        ids[posting] = f"{FIRST_CARRIED_VOUCHER + place * VOUCHER_STEP}-001"
    return Account(
        robot=ROBOT,
        title="Hovedkonto",
        ledger_account=LEDGER_ACCOUNT,
        month=month,
        events=events,
        lines=lines,
        postings=[posting for voucher in vouchers for posting in voucher],
        carried=carried,
        bank_opening=OPENING,
        ids=ids,
    )
