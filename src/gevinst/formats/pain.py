"""pain.001 and pain.002: what was paid, and what the bank refused, of every version by local names.

A pain.001 is an order, seen from the account that pays: each payment is an amount out. A pain.002 answers it:
a refused payment takes its order back, so it is the same amount in. Together they sum to what leaves the
account.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from gevinst.domain.finding import Finding, Severity
from gevinst.domain.masking import shown_value
from gevinst.domain.money import AmountError
from gevinst.domain.source import SourceRead
from gevinst.domain.statement import Statement
from gevinst.formats.bookings import Booking, Outcome, real_reference, source_read
from gevinst.formats.intake import Intake
from gevinst.formats.plan import assume
from gevinst.formats.xml_safe import Record, records_of
from gevinst.formats.xml_values import exact_ore, iso_date

ORDERS = frozenset({"CstmrCdtTrfInitn", "pain.001.001.02"})
JOINED = frozenset({"RmtInf/Ustrd"})
ANSWERS = frozenset({"CstmrPmtStsRpt", "pain.002.001.02"})
WANTED = {
    "GrpHdr": ORDERS | ANSWERS,
    "PmtInf": ORDERS,
    "CdtTrfTxInf": frozenset({"PmtInf"}),
    "OrgnlGrpInfAndSts": ANSWERS,
    "OrgnlPmtInfAndSts": ANSWERS,
    "TxInfAndSts": ANSWERS | {"OrgnlPmtInfAndSts"},
}
REFUSED = frozenset({"RJCT", "CANC", "BLCK"})
ACCEPTED = "skipped.accepted_payment"
SILENT = "skipped.refused_without_amount"
ACCOUNT = ("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id")
RAW = ("PmtId/InstrId", "PmtId/EndToEndId", "Amt/InstdAmt", "Amt/EqvtAmt/Amt", "Cdtr/Nm", "RmtInf/Ustrd")
RAW_ANSWER = ("OrgnlInstrId", "OrgnlEndToEndId", "TxSts", "StsRsnInf/Rsn/Cd", "OrgnlTxRef/Amt/InstdAmt")


@dataclass(kw_only=True)
class _Sums:
    """What the entries of a file or a batch come to, to hold against what it states."""

    count: int = 0
    ore: int = 0


@dataclass(kw_only=True)
class _Pain:
    """A file under way."""

    intake: Intake
    outcome: Outcome = field(default_factory=Outcome)
    payments: list[Record] = field(default_factory=list)  #: of the batch that has not ended
    head: Record | None = None
    whole: _Sums = field(default_factory=_Sums)
    answered: bool = False  #: the file is a pain.002


def read_pain(intake: Intake, encoding: str | None = None) -> SourceRead:
    """Read a pain.001 or pain.002.

    Args:
        intake: the file.
        encoding: not used; XML names its own.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 cut, FIL-005 unsafe; BNK-025 no payment, no answer;
            FIL-009 too large.
    """
    del encoding
    intake.refuse_unless_held()  # a batch is known only when all of its payments are read
    pain = _Pain(intake=intake)
    for record in records_of(intake, WANTED, without=frozenset(), joined=JOINED):
        _take(pain, record)
    outcome = pain.outcome
    if not outcome.entries and not pain.answered:
        raise intake.rejected("BNK-025")
    if pain.head and not pain.answered and not outcome.rejected:
        outcome.findings.extend(_total_findings(pain, pain.head, pain.whole))
    name = "pain.002" if pain.answered else "pain.001"
    outcome.assumptions.append(assume(subject="encoding", taken="xml", because="encoding.xml"))
    outcome.assumptions.append(
        assume(subject="syntax", taken="pain", because="syntax.bank", facts={"message": name})
    )
    return source_read(intake, outcome, layout="pain", id_name="EndToEndId")


def _take(pain: _Pain, record: Record) -> None:
    """Put one record where it belongs; inner records come before those around them."""
    if record.name == "CdtTrfTxInf":
        pain.payments.append(record)
    elif record.name == "PmtInf":
        _read_batch(pain, record, pain.payments)
        pain.payments = []
    elif record.name == "GrpHdr":
        pain.head = record
    else:
        pain.answered = True
        if record.name == "TxInfAndSts":
            _read_answer(pain, record)
        else:
            pain.outcome.findings.extend(_level_findings(pain, record))


def _read_batch(pain: _Pain, batch: Record, payments: Sequence[Record]) -> None:
    account = batch.first(*(f"DbtrAcct/{path}" for path in ACCOUNT))
    day = iso_date(batch.first("ReqdExctnDt", "ReqdExctnDt/Dt", "ReqdExctnDt/DtTm"))
    outcome = pain.outcome
    if day is None:
        text = batch.first("ReqdExctnDt", "ReqdExctnDt/Dt", "ReqdExctnDt/DtTm")
        outcome.findings.append(_cell(pain, batch, "CEL-002", column="ReqdExctnDt", text=text))
    first = len(outcome.bookings)
    for payment in payments:
        amount = amount_of(payment, "Amt/InstdAmt", "Amt/EqvtAmt/Amt")
        if amount is None:
            text = payment.first("Amt/InstdAmt", "Amt/EqvtAmt/Amt")
            code = "CEL-001" if text else "CEL-007"
            outcome.findings.append(_cell(pain, payment, code, column="InstdAmt", text=text))
        if amount is None or day is None:
            outcome.rejected.append(payment.line)
            continue
        outcome.bookings.append(_booking(batch, payment, account=account, day=day, amount=-amount))
    _close_batch(pain, batch, account, outcome.bookings[first:])


def _booking(batch: Record, payment: Record, *, account: str, day: date, amount: int) -> Booking:
    end_to_end = real_reference(payment.first("PmtId/EndToEndId"))
    told = (
        payment.first("RmtInf/Ustrd"),
        payment.first("RmtInf/Strd/CdtrRefInf/Ref", "InstrForCdtrAgt/InstrInf"),
    )
    return Booking(
        line=payment.line,
        cell=payment.path,
        account=account,
        booked=day,
        amount=amount,
        currency=payment.first("Amt/InstdAmt/@Ccy", "Amt/EqvtAmt/Amt/@Ccy").upper(),
        reference=end_to_end,
        document=batch.first("PmtInfId"),
        text=" ".join(text for text in told if text),
        counterparty=payment.first("Cdtr/Nm", "Cdtr/Pty/Nm"),
        bank_id=end_to_end,
        raw={path: payment.first(path) for path in RAW},
    )


def _close_batch(pain: _Pain, batch: Record, account: str, bookings: Sequence[Booking]) -> None:
    sums = _Sums(count=len(bookings), ore=-sum(booking.amount for booking in bookings))
    pain.whole.count += sums.count
    pain.whole.ore += sums.ore
    if not pain.outcome.rejected:
        pain.outcome.findings.extend(_total_findings(pain, batch, sums))
    days = [booking.booked for booking in bookings]
    pain.outcome.statements.append(
        Statement(
            account=account,
            currency=next((booking.currency for booking in bookings), ""),
            number=f"Id {batch.first('PmtInfId')}",
            movements=-sums.ore,
            rows=sums.count,
            first=min(days, default=None),
            last=max(days, default=None),
            place=pain.intake.place(line=batch.line, cell=batch.path),
        )
    )


def _total_findings(pain: _Pain, record: Record, sums: _Sums) -> Iterator[Finding]:
    """BNK-007 and BNK-005 when NbOfTxs and CtrlSum are not what the payments come to."""
    place = pain.intake.place(line=record.line, cell=record.path)
    count, total = record.first("NbOfTxs"), amount_of(record, "CtrlSum")
    if count.isdecimal() and int(count) != sums.count:
        yield Finding(code="BNK-007", place=place, facts={"stated": int(count), "computed": sums.count})
    if total is not None and total != sums.ore:
        facts = {"stated": total, "computed": sums.ore, "difference": total - sums.ore}
        yield Finding(code="BNK-005", place=place, facts=facts)


def _read_answer(pain: _Pain, answer: Record) -> None:
    outcome = pain.outcome
    if answer.first("TxSts") not in REFUSED:
        outcome.skipped.append((answer.line, ACCEPTED))
        return
    outcome.findings.append(_refusal(pain, answer, answer.first("OrgnlEndToEndId", "OrgnlInstrId")))
    amount = amount_of(answer, "OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/Amt/EqvtAmt/Amt")
    day = _answer_day(pain, answer)
    if amount is None or day is None:
        outcome.skipped.append((answer.line, SILENT))
        return
    end_to_end = real_reference(answer.first("OrgnlEndToEndId"))
    outcome.bookings.append(
        Booking(
            line=answer.line,
            cell=answer.path,
            account=answer.first(*(f"OrgnlTxRef/DbtrAcct/{path}" for path in ACCOUNT)),
            booked=day,
            amount=amount,
            currency=answer.first("OrgnlTxRef/Amt/InstdAmt/@Ccy").upper(),
            reference=end_to_end,
            document=_batch_id(answer),
            text=_reason(answer),
            counterparty=answer.first("OrgnlTxRef/Cdtr/Nm", "OrgnlTxRef/Cdtr/Pty/Nm"),
            bank_id=end_to_end,
            raw={path: answer.first(path) for path in RAW_ANSWER},
        )
    )


def _answer_day(pain: _Pain, answer: Record) -> date | None:
    """The day that the payment was ordered for, else the day of the answer."""
    ordered = answer.first("OrgnlTxRef/ReqdExctnDt", "OrgnlTxRef/ReqdExctnDt/Dt")
    return iso_date(ordered or (pain.head.first("CreDtTm") if pain.head else ""))


def _batch_id(answer: Record) -> str:
    outer = answer.parent
    return outer.first("OrgnlPmtInfId") if outer else ""


def _reason(record: Record) -> str:
    """The bank's reason: its code, and its own words where it has some."""
    parts = (record.first("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"), record.first("StsRsnInf/AddtlInf"))
    return " ".join(part for part in parts if part)


def _refusal(pain: _Pain, record: Record, what: str) -> Finding:
    """BNK-028: a payment that was ordered and is not carried out."""
    return Finding(
        code="BNK-028",
        place=pain.intake.place(line=record.line, cell=record.path),
        found=shown_value(what),
        severity=Severity.WARNING,
        # The bank's own words may name a person; they stand in the item's text, not in a message.
        facts={"reason": shown_value(record.first("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"))},
    )


def _level_findings(pain: _Pain, record: Record) -> Iterator[Finding]:
    """A batch or a file that is refused as a whole."""
    if record.first("GrpSts", "PmtInfSts") in REFUSED:
        yield _refusal(pain, record, record.first("OrgnlPmtInfId", "OrgnlMsgId"))


def amount_of(record: Record, *paths: str) -> int | None:
    """The amount at the first of these paths as øre, None when there is none or it is no amount."""
    try:
        return exact_ore(record.first(*paths))
    except AmountError:
        return None


def _cell(pain: _Pain, record: Record, code: str, *, column: str, text: str) -> Finding:
    example = "2026-12-31" if code == "CEL-002" else "1234.50"
    return Finding(
        code=code,
        place=pain.intake.place(line=record.line, cell=f"{record.path}/{column}"),
        found=shown_value(text),
        facts={"column": column, "example": example},
    )
