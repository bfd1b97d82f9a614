"""A made-up month of a bank account with its result, by hand: every kind of reason, cause and proposal."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from gevinst.app.run_report import CaseTypeGain, GainFact, PreviousRun, RunReport, SourceFact
from gevinst.domain.finding import Finding
from gevinst.domain.item import items_frame
from gevinst.domain.matching.rules import STANDARD_PASSES, Key, MatchPass, PassKind, Rules
from gevinst.domain.place import Place
from gevinst.domain.reconciliation import (
    GROUP_COLUMNS,
    RESULT_COLUMNS,
    Bridge,
    Proposal,
    Reconciliation,
    Side,
    SideTotals,
    Tally,
)
from gevinst.domain.run import Environment, Run, RunState, Trigger
from gevinst.domain.source import RowCounts

BANK_FILE = "hovedkonto_2026-10.xml"
LEDGER_FILE = "hovedkonto_2026-10.xlsx"
AS_OF = date(2026, 11, 2)
LEDGER_BALANCE = 18_422_105_50
FEE_PASS = MatchPass(
    id="card-fee",
    kind=PassKind.NET_OF_FEE,
    fee_rate_low=3_000,
    fee_rate_high=12_000,
    difference_account="94010007",
)
TOLERANCE_PASS = MatchPass(id="rounding", kind=PassKind.TOLERANCE, key=Key.CODE, tolerance=50)
PASSES = (*STANDARD_PASSES[:2], FEE_PASS, *STANDARD_PASSES[2:], TOLERANCE_PASS)

Row = dict[str, Any]


@dataclass
class Office:
    """Collects the rows of both sides and their groups."""

    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311 - a made-up month
    sides: dict[Side, list[Row]] = field(default_factory=lambda: {Side.LEFT: [], Side.RIGHT: []})
    groups: list[Row] = field(default_factory=list)

    def item(self, side: Side, day: date, amount: int, text: str, **more: object) -> str:
        """Add one item and give its id."""
        rows = self.sides[side]
        number = len(rows) + 1
        bank = side is Side.LEFT
        item_id = f"20261001{number:05d}" if bank else f"51{number:08d}"
        place = (
            {"place_file": BANK_FILE, "place_line": 40 + number * 26, "place_cell": f"Ntry[{number}]"}
            if bank
            else {"place_file": LEDGER_FILE, "place_sheet": "Posteringer", "place_line": number + 4}
        )
        unmatched = {
            "state": "open",
            "group": -1,
            "proposal": -1,
            "age_bank_days": 0,
            "cause": "",
            "suspect": "",
        }
        rows.append(
            {
                "item_id": item_id,
                "booked": pd.Timestamp(day),
                "amount": amount,
                "text": text,
                "currency": "DKK",
            }
            | {"account": "9.22.05", "suspect_side": "", "reference": "", "document": "", "carried_from": ""}
            | place
            | unmatched
            | more
        )
        return item_id

    def pair(
        self, pass_id: str, reason: str, left: Sequence[Row], right: Sequence[Row], **evidence: object
    ) -> None:
        """Add the items of a group and the group."""
        number = len(self.groups)
        for side, rows in ((Side.LEFT, left), (Side.RIGHT, right)):
            for row in rows:
                self.item(side, **{"state": "matched", "group": number, **row})
        sums = [sum(row["amount"] for row in rows) for rows in (left, right)]
        self.groups.append(
            {
                "group": number,
                "pass_id": pass_id,
                "reason": reason,
                "n_left": len(left),
                "n_right": len(right),
            }
            | {"amount_left": sums[0], "amount_right": sums[1], "difference_account": "", "key": ""}
            | {
                "difference": sums[0] - sums[1] if right and left else 0,
                "days": 0,
                "candidates": 0,
                "alike": 0,
            }
            | evidence
        )

    def day(self) -> date:
        """A day in October."""
        return date(2026, 10, 1) + timedelta(days=self.chance.randrange(28))

    def amount(self) -> int:
        """An amount up to 90.000 kr."""
        return self.chance.randrange(90_00, 90_000_00)


def sample_result(*, pairs: int = 180) -> Reconciliation:
    """A month with open items of every cause; `pairs` plain payments beside them."""
    office = Office()
    _payments(office, pairs)
    _batches(office)
    _cards(office)
    _odd_ones(office)
    _open_items(office)
    proposals = _proposals(office)
    return _result(office, proposals)


def _payments(office: Office, pairs: int) -> None:
    for number in range(pairs):
        day, amount = office.day(), office.amount()
        code = f"FIK {710_000_000_000_000 + number * 97:015d}"
        lag = number % 4
        office.pair(
            "reference",
            "reference",
            [{"day": day + timedelta(days=lag), "amount": amount, "text": f"Indbetaling {code}"}],
            [{"day": day, "amount": amount, "text": f"Opkrævning {code}", "document": f"B{number:06d}"}],
            key=code[4:],
            days=lag,
            candidates=number % 3,
        )
    for number in range(24):
        day, amount = office.day(), -office.amount()
        kind = "text-date" if number % 2 else "amount-date"
        office.pair(
            kind,
            kind.replace("-", "_"),
            [{"day": day, "amount": amount, "text": "Leverandørservice Varmeforsyningen A/S"}],
            [{"day": day, "amount": amount, "text": "Varmeforsyningen A/S, faktura"}],
            key="VARMEFORSYNINGEN" if number % 2 else "",
            days=-1,
        )
    for _ in range(3):
        office.pair(
            "reference",
            "interchangeable",
            [{"day": date(2026, 10, 9), "amount": 510_00, "text": "MobilePay 123456 Parkering"}],
            [{"day": date(2026, 10, 9), "amount": 510_00, "text": "Parkeringsafgift"}],
            alike=3,
        )


def _batches(office: Office) -> None:
    for number in range(5):
        day = date(2026, 10, 2 + number * 5)
        parts = [office.amount() for _ in range(8 + number)]
        office.pair(
            "batch-reference" if number % 2 else "batch-day",
            "batch_reference" if number % 2 else "batch_day",
            [{"day": day, "amount": sum(parts), "text": f"BS samlet indbetaling PBS {4711 + number}"}],
            [{"day": day, "amount": part, "text": "Daginstitution, forældrebetaling"} for part in parts],
            key=f"PBS{4711 + number}" if number % 2 else day.isoformat(),
        )


def _cards(office: Office) -> None:
    for number in range(12):
        day, gross = date(2026, 10, 1 + 2 * number), office.amount()
        fee = round(gross * 0.0075)
        office.pair(
            "card-fee",
            "net_of_fee",
            [{"day": day + timedelta(days=1), "amount": gross - fee, "text": "Dankort 7001234 Svømmehallen"}],
            [{"day": day, "amount": gross, "text": "Kassesalg terminal 7001234"}],
            key="7001234",
            days=1,
            difference_account="94010007",
        )


def _odd_ones(office: Office) -> None:
    day = date(2026, 10, 14)
    office.pair(
        "reversal",
        "reversal",
        [
            {"day": day, "amount": -4_250_00, "text": "NemKonto udbetaling 88123"},
            {"day": day + timedelta(days=2), "amount": 4_250_00, "text": "Retur NemKonto 88123"},
        ],
        [],
        key="88123",
        days=2,
    )
    office.pair(
        "rounding",
        "tolerance",
        [{"day": day, "amount": 12_000_25, "text": "Refusion 5566"}],
        [{"day": day, "amount": 12_000_00, "text": "Refusion 5566"}],
        key="5566",
    )
    office.pair(
        "subset",
        "subset",
        [{"day": day, "amount": 8_600_00, "text": "Husleje lokaler"}],
        [
            {"day": day, "amount": 5_100_00, "text": "Husleje lokaler, sal"},
            {"day": day, "amount": 3_500_00, "text": "Husleje lokaler, køkken"},
        ],
    )
    office.pair(
        "decision",
        "decision",
        [{"day": day, "amount": 777_00, "text": "Ukendt indbetaling"}],
        [{"day": day, "amount": 777_00, "text": "Salg af inventar"}],
    )
    office.pair(
        "text-date",
        "text_date",
        [
            {
                "day": date(2026, 10, 6),
                "amount": 3_120_00,
                "text": "Tilskud lejrskole",
                "carried_from": "2026-09",
            }
        ],
        [
            {
                "day": date(2026, 9, 29),
                "amount": 3_120_00,
                "text": "Tilskud lejrskole",
                "carried_from": "2026-09",
            }
        ],
        key="LEJRSKOLE",
        days=5,
    )


def _open_items(office: Office) -> None:
    left, right = Side.LEFT, Side.RIGHT

    def open_item(side: Side, day: date, amount: int, text: str, cause: str, **more: object) -> str:
        age = max(0, round((AS_OF - day).days * 5 / 7))
        return office.item(side, day, amount, text, cause=cause, age_bank_days=age, **more)

    day = date(2026, 10, 15)
    open_item(left, day, -45_00, "Gebyr betalingsservice", "fee")
    open_item(left, date(2026, 10, 30), 1_812_44, "Kreditrente 3. kvartal", "interest")
    open_item(left, date(2026, 10, 8), 6_400_00, "Indbetaling uden tekst 010180-1234", "no_counterpart_bank")
    open_item(right, date(2026, 10, 21), -9_975_00, "Udbetaling tilskud, forening", "no_counterpart_ledger")
    first = office.sides[right][0]["item_id"]
    twin = office.sides[right][0]["amount"]
    open_item(
        right, day, twin, "Opkrævning FIK 710000000000000", "double", suspect=first, suspect_side="right"
    )
    wrong = open_item(right, day, 2_300_00, "Refusion moms, kvartal", "sign")
    right_way = open_item(left, day, -2_300_00, "Refusion moms", "sign", suspect=wrong, suspect_side="right")
    office.sides[right][-1] |= {"suspect": right_way, "suspect_side": "left"}
    swapped = open_item(right, day, 1_254_00, "Leje af hal, bilag 4410", "digits")
    seen = open_item(left, day, 1_524_00, "Leje af hal 4410", "digits", suspect=swapped, suspect_side="right")
    office.sides[right][-1] |= {"suspect": seen, "suspect_side": "left"}
    other = open_item(right, day, 18_000_00, "Faktura 90233", "other_amount")
    paid = open_item(
        left, day, 17_500_00, "Betaling 90233", "other_amount", suspect=other, suspect_side="right"
    )
    office.sides[right][-1] |= {"suspect": paid, "suspect_side": "left"}
    for number in range(3):
        text = f"NemKonto udbetaling {90_100 + number}"
        open_item(right, date(2026, 10, 30), -(3_000_00 + number * 150_00), text, "period_end")
    open_item(right, date(2026, 6, 18), 640_00, "Depositum nøgle", "carried", carried_from="2026-06")
    open_item(left, date(2025, 12, 29), 95_00, "Indbetaling bibliotek", "carried", carried_from="2025-12")
    open_item(left, day, 22_750_00, "Samlet afregning fritidshjem", "split")


def _proposals(office: Office) -> tuple[Proposal, ...]:
    day = date(2026, 10, 22)
    left, right = Side.LEFT, Side.RIGHT
    asked = {"state": "proposed", "cause": "ambiguous", "age_bank_days": 7}
    lefts = [
        office.item(left, day, 1_200_00, "Overførsel", proposal=0, **asked),
        office.item(left, day + timedelta(days=1), 1_200_00, "Overførsel", proposal=0, **asked),
    ]
    one = office.item(right, day, 1_200_00, "Kontingent musikskole", proposal=0, **asked)
    weak = office.item(left, day, 333_00, "Indbetaling", proposal=1, **asked)
    likely = office.item(right, day, 333_00, "Kopier og print", proposal=1, **asked)
    return (
        Proposal(
            number=0,
            left=tuple(lefts),
            right=(one,),
            reason="proposal_equal",
            facts={},
            alternatives=tuple(((item,), (one,)) for item in lefts),
        ),
        Proposal(
            number=1,
            left=(weak,),
            right=(likely,),
            reason="proposal_unsure",
            facts={},
            alternatives=(((weak,), (likely,)),),
        ),
    )


def _result(office: Office, proposals: tuple[Proposal, ...]) -> Reconciliation:
    left, right = _frame(office.sides[Side.LEFT]), _frame(office.sides[Side.RIGHT])
    groups = pd.DataFrame(office.groups)[list(GROUP_COLUMNS)].astype(dict(GROUP_COLUMNS))
    open_left, open_right = (
        int(frame.loc[frame["state"] != "matched", "amount"].sum()) for frame in (left, right)
    )
    accepted = int(groups["difference"].sum())
    return Reconciliation(
        left=left,
        right=right,
        groups=groups,
        proposals=proposals,
        rejected=(),
        warnings=(),
        notes=(),
        totals={Side.LEFT: _totals(left, skipped=0), Side.RIGHT: _totals(right, skipped=6)},
        bridge=Bridge(
            left_balance=LEDGER_BALANCE + open_left - open_right + accepted,
            right_balance=LEDGER_BALANCE,
            open_left=open_left,
            open_right=open_right,
            accepted=accepted,
            from_balances=True,
        ),
        rules=Rules(passes=PASSES, version="3b9f1c20"),
    )


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    frame = items_frame({name: values for name, values in columns.items() if name not in RESULT_COLUMNS})
    result = pd.DataFrame({name: columns[name] for name in RESULT_COLUMNS}).astype(dict(RESULT_COLUMNS))
    frame = pd.concat([frame, result], axis=1)
    return frame.sort_values(["booked", "amount", "item_id"], kind="stable").reset_index(drop=True)


def _totals(frame: pd.DataFrame, *, skipped: int) -> SideTotals:
    def tally(rows: pd.DataFrame) -> Tally:
        return Tally(count=len(rows), sum=int(rows["amount"].sum()))

    nothing = Tally(count=0, sum=0)
    return SideTotals(
        rows_in_file=len(frame) + skipped,
        skipped=skipped,
        read=tally(frame),
        carried=tally(frame[frame["carried_from"] != ""]),
        matched=tally(frame[frame["state"] == "matched"]),
        open=tally(frame[frame["state"] == "open"]),
        proposed=tally(frame[frame["state"] == "proposed"]),
        rejected=nothing,
        excluded=nothing,
        duplicate=nothing,
    )


def sample_run(**changes: object) -> Run:
    """A run of the main account's robot."""
    facts: dict[str, Any] = {
        "run_id": "20261102T050000-hovedkonto-3f2a",
        "robot": "hovedkonto",
        "robot_version": "9c1f2ab07d5e4411",
        "period": "2026-10",
        "environment": Environment.PRODUCTION,
        "trigger": Trigger.SCHEDULE,
        "triggered_by": "gevinst",
        "state": RunState.OPEN_ITEMS,
        "started": datetime(2026, 11, 2, 5, 0, tzinfo=UTC),
        "ended": datetime(2026, 11, 2, 5, 0, 9, tzinfo=UTC),
    }
    facts.update(changes)
    return Run(**facts)


def sample_sources(result: Reconciliation) -> tuple[SourceFact, ...]:
    """The two files of the sample."""
    return tuple(
        SourceFact(
            side=side,
            file=BANK_FILE if side is Side.LEFT else LEDGER_FILE,
            sha256=("a1" if side is Side.LEFT else "b2") * 32,
            received=datetime(2026, 11, 2, 4, 55, tzinfo=UTC),
            first=frame["booked"].min().date(),
            last=frame["booked"].max().date(),
            rows=RowCounts(
                in_file=result.totals[side].rows_in_file, read=len(frame), skipped=result.totals[side].skipped
            ),
            debit=int(frame.loc[frame["amount"] > 0, "amount"].sum()),
            credit=int(frame.loc[frame["amount"] < 0, "amount"].sum()),
            opening=balance - int(frame["amount"].sum()),
            closing=balance,
            layout="camt" if side is Side.LEFT else "detected",
            layout_version=3 if side is Side.LEFT else None,
        )
        for side, frame, balance in (
            (Side.LEFT, result.left, result.bridge.left_balance),
            (Side.RIGHT, result.right, result.bridge.right_balance),
        )
    )


def sample_report(result: Reconciliation | None = None, **changes: object) -> RunReport:
    """The report of a month with open items, or of the result given."""
    result = result or sample_result()
    before = frozenset({(Side.LEFT, result.left["item_id"].iloc[0]), (Side.RIGHT, "5100009999")})
    facts: dict[str, Any] = {
        "run": sample_run(),
        "robot_title": "Hovedkonto",
        "robot_title_en": "Main account",
        "account_title": "9.22.05 Indskud i pengeinstitutter, hovedkonto",
        "office": "Demo Kommune",
        "process_owner": "Leder af Regnskab",
        "benefit_owner": "Økonomichefen",
        "controller_group": "Regnskab, afstemning",
        "sources": sample_sources(result),
        "result": result,
        "previous": PreviousRun(
            run_id="20261002T050000-hovedkonto-77aa",
            period="2026-09",
            as_of=date(2026, 10, 2),
            state=RunState.OPEN_ITEMS,
            open_ids=before,
            read=640,
            matched=601,
        ),
        "gain": GainFact(
            credited_items=227,
            already_credited=2,
            minutes_gross=Decimal("312.5"),
            minutes_net=Decimal("298.0"),
            case_types=(
                CaseTypeGain(
                    title="Bankpost matchet med postering",
                    items=227,
                    baseline_minutes=Decimal("1.4"),
                    measured=40,
                    grade="A",
                    minutes=Decimal("312.5"),
                ),
            ),
        ),
        "versions": {"gevinst": "0.1.0", "python": "3.11.7", "rules": "3b9f1c20"},
        "as_of": AS_OF,
        "deadline": date(2026, 11, 9),
        "log": "log.html",
    }
    facts.update(changes)
    return RunReport(**facts)


def rejected_report() -> RunReport:
    """A run whose bank file had two bad cells."""
    findings = (
        Finding(
            code="CEL-001",
            place=Place(file=BANK_FILE, line=17, cell="Ntry[9]/Amt"),
            found="1.234,5O",
            facts={"column": "Beløb", "example": "1.234,50"},
        ),
        Finding(
            code="CEL-002",
            place=Place(file=BANK_FILE, line=29, cell="Ntry[15]/BookgDt"),
            found="31-09-2026",
            facts={"column": "Dato", "example": "30-09-2026"},
        ),
    )
    return sample_report(result=sample_result(), findings=findings, gain=None)


def broken_bridge() -> Reconciliation:
    """The sample with one krone that the items do not explain."""
    result = sample_result()
    return replace(result, bridge=replace(result.bridge, left_balance=result.bridge.left_balance + 100))


def only_waiting() -> Reconciliation:
    """The sample with no open items but those expected in the next period."""
    result = sample_result()
    left = result.left[result.left["state"] == "matched"]
    right = result.right[(result.right["state"] == "matched") | (result.right["cause"] == "period_end")]
    open_right = int(right.loc[right["state"] != "matched", "amount"].sum())
    bridge = replace(
        result.bridge,
        open_left=0,
        open_right=open_right,
        left_balance=LEDGER_BALANCE - open_right + result.bridge.accepted,
    )
    return replace(
        result,
        left=left.reset_index(drop=True),
        right=right.reset_index(drop=True),
        proposals=(),
        bridge=bridge,
        totals={Side.LEFT: _totals(left, skipped=0), Side.RIGHT: _totals(right, skipped=6)},
    )


def agreed() -> Reconciliation:
    """The sample with no open items at all."""
    result = only_waiting()
    right = result.right[result.right["state"] == "matched"].reset_index(drop=True)
    bridge = replace(result.bridge, open_right=0, left_balance=LEDGER_BALANCE + result.bridge.accepted)
    totals = {Side.LEFT: result.totals[Side.LEFT], Side.RIGHT: _totals(right, skipped=6)}
    return replace(result, right=right, bridge=bridge, totals=totals)
