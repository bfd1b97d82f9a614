"""The flows that work on tables, one module each with its `FLOW`; loaded when a robot of it runs."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # its module loads pandas, which a list of robots need not pay
    from gevinst.domain.flow import Flow

#: Flows by id; each is a module of this package.
FLOW_IDS = (
    "bank_posting",
    "budget_follow_up",
    "debt_sorting",
    "debtor_control",
    "duplicate_invoices",
    "duplicate_notices",
    "invoice_distribution",
    "master_data_checks",
    "meter_readings",
    "monthly_report_merge",
    "municipal_settlement",
    "open_data_spend",
    "payroll_reconciliation",
    "project_postings",
    "reimbursement_consolidation",
    "report_consolidation",
    "small_differences",
    "supplier_statement",
    "vat_check",
    "voucher_reconciliation",
)


def flow_of(flow_id: str) -> "Flow":
    """The flow of an id.

    Raises:
        KeyError: there is none.
    """
    if flow_id not in FLOW_IDS:
        raise KeyError(flow_id)
    flow: Flow = import_module(f"gevinst.domain.flows.{flow_id}").FLOW
    return flow
