"""Fields of an invoice as values: amounts with places, numbers, days; what cannot be read is a finding."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gevinst.domain.finding import Finding
from gevinst.domain.invoice import Amount
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.formats.intake import Intake
from gevinst.formats.xml_node import Node
from gevinst.formats.xml_values import TooLargeError, exact_number, exact_ore

EXAMPLES = {"CEL-001": "1234.50", "CEL-002": "2026-12-31", "DOC-001": "", "DOC-002": "1.5"}


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Reads the fields of one invoice and keeps what is wrong with them."""

    intake: Intake
    currency: str
    read_day: Callable[[str], date | None]
    findings: list[Finding] = field(default_factory=list)

    def amount(self, node: Node, path: str) -> Amount | None:
        """Øre at a path; None where it is left out or cannot be read. INV-003 for another currency."""
        found = node.node(path)
        return None if found is None else self.amount_of(found)

    def amount_of(self, found: Node) -> Amount | None:
        """As `amount`, for the element itself."""
        text = found.own_text()
        ore = self._ore(found, text)
        currency = found.element.get("currencyID", "").strip()
        if currency and currency != self.currency:
            place = self.intake.place(line=found.line, cell=found.path)
            facts = {"currency": shown_value(currency), "expected": self.currency}
            self.findings.append(Finding(code="INV-003", place=place, found=shown_value(text), facts=facts))
        return (
            None
            if ore is None
            else Amount(ore=ore, place=self.intake.place(line=found.line, cell=found.path))
        )

    def needed(self, node: Node, path: str) -> Amount:
        """As `amount`, for one that must be there: CEL-007 where it is not; 0 stands in beside it."""
        before = len(self.findings)
        amount = self.amount(node, path)
        if amount is not None:
            return amount
        if len(self.findings) == before:
            self.fault(node, "CEL-007", path, "")
        return Amount(ore=0, place=self.intake.place(line=node.line, cell=node.path))

    def number(self, node: Node, path: str) -> Decimal | None:
        """A quantity, price or percentage as it stands; None where it is left out or cannot be read."""
        text = node.text(path)
        if not text:
            return None
        try:
            return exact_number(text)
        except AmountError:
            self.fault(node, "DOC-002", path, text)
            return None

    def day(self, node: Node, path: str) -> date | None:
        """A day; None where it is left out or there is no such day."""
        text = node.text(path)
        day = self.read_day(text) if text else None
        if text and day is None:
            self.fault(node, "CEL-002", path, text)
        return day

    def fault(self, node: Node, code: str, path: str, text: str) -> None:
        """Note a value that cannot be used."""
        at = node.node(path) or node
        place = self.intake.place(
            line=at.line, cell=at.path if at is not node else f"{node.path}/{path}".strip("/")
        )
        facts = {"column": path.rpartition("/")[2], "example": EXAMPLES.get(code, "")}
        self.findings.append(Finding(code=code, place=place, found=shown_value(text), facts=facts))

    def _ore(self, found: Node, text: str) -> int | None:
        try:
            return exact_ore(text)
        except AmountError as error:
            code = "DOC-001" if isinstance(error, TooLargeError) else "CEL-001"
            place = self.intake.place(line=found.line, cell=found.path)
            facts = {"column": found.name, "example": EXAMPLES["CEL-001"]}
            code = code if text else "CEL-007"
            self.findings.append(Finding(code=code, place=place, found=shown_value(text), facts=facts))
            return None
