"""Input of the robot that posts bank lines by rules, and the truth beside it.

Each line is made for one kind, and the kind knows what must become of it: the truth does not come from the
rules.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gevinst.demo.dice import Amounts, Dice
from gevinst.demo.month import Month
from gevinst.demo.write_text import amount_text, csv_text

ROBOT = "bankbogfoering"
FOLDER = "ind/bankbogfoering"
SEED = 2026
MAIN, CARDS = "4999-0002205", "4999-0002206"
OWN = {MAIN: ("91500001", "91500099"), CARDS: ("91500002", "91500098")}
BANK_HEADER = (
    "Transaktions-id",
    "Bankkonto",
    "Bogføringsdato",
    "Valørdato",
    "Beløb",
    "Valuta",
    "Tekst",
    "Advis",
    "Afsender",
    "Posteringstype",
)
RULE_HEADER = (
    "Regel",
    "Reference",
    "Afsender",
    "Posteringstype",
    "Beløb1",
    "Beløb2",
    "beløb_regel",
    "Posteringstekst",
    "Artskonto",
    "PSP-element",
    "SIO",
    "Notat",
    "Bankkonto",
    "Omkostningssted",
    "Status",
    "Gyldig fra",
    "Gyldig til",
    "Version",
    "Ændret af",
    "Begrundelse",
)
ACCOUNT_HEADER = ("Artskonto", "Navn", "Status", "Lukket fra", "Kræver")
ACCOUNTS = (
    ("91500001", "Bank, hovedkonto", "", "", ""),
    ("91500002", "Bank, kortsalg", "", "", ""),
    ("91500098", "Mellemregning, kortsalg", "", "", ""),
    ("91500099", "Mellemregning, hovedkonto", "", "", ""),
    ("90540000", "Renter", "", "", ""),
    ("91407008", "Indskudslån", "", "", ""),
    ("95914002", "Pensioner", "", "", ""),
    ("72000000", "Salg af varer og ydelser", "", "", "PSP-element"),
    ("79000000", "Øvrige indtægter", "", "", "PSP-element"),
    ("49000000", "Øvrige tjenesteydelser", "", "", "Omkostningssted"),
    ("40000000", "Tjenesteydelser uden moms", "", "", ""),
    ("71000000", "Egne huslejeindtægter", "Lukket", "", "PSP-element"),
)
POSTED, PERSON, UNKNOWN, RIVALS, ELSEWHERE = "posted", "person", "no_rule", "rivals", "elsewhere"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of bank lines, and the rule that the office has for it."""

    id: str  #: of the rule
    count: int  #: lines a month
    text: str  #: of the bank; {n} is a number
    sender: str = ""
    type: str = "Overførsel"
    message: str = ""
    low: int = 50  #: kroner
    high: int = 4_000
    out: bool = False  #: whether money goes out
    account: str = MAIN
    outcome: str = POSTED
    target: tuple[str, str, str] = ("", "", "")  #: account, PSP element, cost centre
    rule: tuple[str, ...] = ()  #: Reference to Posteringstekst of its rule; none for a kind without one
    status: str = "Aktiv"


KINDS = (
    Kind(
        id="MP-AFFALD",
        count=60,
        text="MobilePay 0200300400 salg {n}",
        sender="MOBILEPAY",
        target=("72000000", "XG-0000005285-00006", ""),
        rule=("0200300400", "MobilePay", "Overførsel", "", "", "", "MP Affaldskontoret"),
    ),
    Kind(
        id="MP-SVOEM",
        count=45,
        text="MobilePay 0200300411 salg {n}",
        sender="MOBILEPAY",
        target=("72000000", "XG-0000005290-00001", ""),
        rule=("0200300411", "MobilePay", "Overførsel", "", "", "", "MP Svømmehal"),
    ),
    Kind(
        id="DANKORT",
        count=40,
        text="Dankort-salg forretning 4711{n}",
        type="Dankort-salg",
        account=CARDS,
        target=("72000000", "XG-0000005290-00001", ""),
        rule=("", "", "Dankort-salg", "", "", "", "Tekst fra bank"),
    ),
    Kind(
        id="DK-GEBYR",
        count=12,
        text="Gebyr kortindløsning {n}",
        type="Dankortsalg-gebyr",
        low=1,
        high=90,
        out=True,
        account=CARDS,
        target=("49000000", "", "4711"),
        rule=("", "", "Dankortsalg-gebyr", "", "", "", "Kortgebyr"),
    ),
    Kind(
        id="GEBYR",
        count=8,
        text="Gebyr {n}",
        type="Gebyr",
        low=1,
        high=90,
        out=True,
        target=("49000000", "", "4712"),
        rule=("", "", "Gebyr", "100", "", "Mindre end", "Tekst fra bank"),
    ),
    Kind(
        id="RENTE",
        count=2,
        text="Renter af indestående {n}",
        type="Kreditrente",
        target=("90540000", "", ""),
        rule=("", "", "Kreditrente", "", "", "", "Tekst fra bank"),
    ),
    Kind(
        id="INDSKUD",
        count=20,
        text="Indskudslån lejlighed {n}",
        sender="Boligforeningen Fjordbro",
        message="Indskud, lejlighed {n}",
        low=5_000,
        high=40_000,
        target=("91407008", "", ""),
        rule=("indskudslån, lejlighed", "", "", "200", "50000", "Mellem", "Advis fra bank"),
    ),
    Kind(
        id="PENSION",
        count=6,
        text="Pension sag {n}",
        sender="Fjordbro Pensionskasse",
        low=31_000,
        high=90_000,
        target=("95914002", "", ""),
        rule=("", "pensionskasse", "", "30000", "", "Større end", "Afsender fra bank"),
    ),
    Kind(
        id="MARKED",
        count=15,
        text="Efterårsmarked stade {n}",
        target=("79000000", "XG-0000003025-00001", ""),
        rule=("efterårsmarked", "", "", "", "", "", "Efterårsmarked"),
        status="Midlertidig",
    ),
    Kind(
        id="LEGAT",
        count=5,
        text="Legat, ansøgning {n}",
        sender="Fjordbro Legatfond",
        outcome=PERSON,
        rule=("legat", "", "", "", "", "", ""),
        status="Undtagelse",
    ),
    Kind(
        id="LØN",
        count=4,
        text="Lønkørsel {n}",
        type="CAP",
        low=90_000,
        high=900_000,
        out=True,
        outcome=ELSEWHERE,
        target=("91500001", "", ""),
        rule=("", "", "CAP", "", "", "", ""),
    ),
    Kind(
        id="KANTINE-NORD",
        count=3,
        text="Kantine {n} ved hallen",
        outcome=RIVALS,
        target=("72000000", "XG-0000002369-00021", ""),
        rule=("kantine", "", "", "", "", "", "Kantine"),
    ),
    Kind(
        id="KANTINE-HAL",
        count=0,
        text="",
        target=("72000000", "XG-0000002369-00022", ""),
        rule=("*hallen", "", "", "", "", "", "Kantine"),
    ),
    Kind(
        id="HUSLEJE",
        count=0,
        text="",
        target=("71000000", "XG-0000002369-00023", ""),
        rule=("husleje", "", "", "", "", "", "Husleje"),
    ),
    Kind(
        id="KOPI",
        count=0,
        text="",
        target=("79000000", "XG-0000003025-00002", ""),
        rule=("#kopier", "", "", "", "", "", "Kopier"),
        status="Kladde",
    ),
    Kind(id="", count=10, text="Indbetaling {n}", sender="Borger", outcome=UNKNOWN),
    Kind(id="", count=6, text="K 80200300400{n}", type="Fik", outcome=UNKNOWN),
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    kind: Kind
    id: str
    day: date
    value_day: date
    amount: int
    number: int


def lay_out_posting(folder: Path, period: str, *, rules: bool = True, times: int = 1) -> None:
    """Write the bank's lines, rules and accounts of a month under ind/, and the truth under facit/.

    Args:
        folder: of the office's data; made if it is not there.
        period: a month such as 2026-10.
        rules: whether the rules and accounts, which are of no month, are written too.
        times: how many times as many lines there are of each kind.
    """
    month = Month.of(period)
    lines = list(_lines(month, times))
    _write(folder / FOLDER / f"bank_{period}.csv", csv_text(BANK_HEADER, map(_bank_row, lines)))
    if rules:
        _write(folder / FOLDER / "posteringsregler.csv", csv_text(RULE_HEADER, _rule_rows(month)))
        _write(folder / FOLDER / "kontoplan.csv", csv_text(ACCOUNT_HEADER, ACCOUNTS))
    text = json.dumps(_truth(lines), ensure_ascii=False, indent=1)
    _write(folder / "facit" / f"{ROBOT}_{period}.json", text + "\n", encoding="utf-8")


def _write(path: Path, text: str, *, encoding: str = "utf-8-sig") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding, newline="")


def _lines(month: Month, times: int) -> Iterator[_Line]:
    dice, amounts = Dice(SEED, f"{ROBOT} {month.period}"), Amounts()
    drawn = [
        (day, kind, amounts.draw(dice, kind.low, kind.high) * (-1 if kind.out else 1))
        for kind in KINDS
        for day in dice.days(month, kind.count * times)
    ]
    for number, (day, kind, amount) in enumerate(sorted(drawn, key=lambda one: one[0]), 1):
        yield _Line(
            kind=kind,
            id=f"TX{month.period.replace('-', '')}{number:05d}",
            day=day,
            value_day=day,
            amount=amount,
            number=100 + dice.below(900),
        )


def _bank_row(line: _Line) -> Sequence[str]:
    kind = line.kind
    return (
        line.id,
        kind.account,
        f"{line.day:%d.%m.%Y}",
        f"{line.value_day:%d.%m.%Y}",
        amount_text(line.amount),
        "DKK",
        kind.text.format(n=line.number),
        kind.message.format(n=line.number),
        kind.sender,
        kind.type,
    )


def _rule_rows(month: Month) -> Iterator[Sequence[str]]:
    for kind in KINDS:
        if kind.rule:
            account, psp, cost_center = kind.target
            temporary = kind.status == "Midlertidig"
            validity = (f"{month.first:%d.%m.%Y}", f"{month.last:%d.%m.%Y}") if temporary else ("", "")
            made = ("1", "Regnskabsmedarbejder", "Oprettet ved opstart")
            yield (
                kind.id, *kind.rule, account, psp, "", "", "", cost_center, kind.status, *validity, *made
            )  # fmt: skip


def _truth(lines: Sequence[_Line]) -> dict[str, object]:
    """What must become of each line, by its kind."""
    counts = Counter(line.kind.outcome for line in lines)
    return {
        "counts": dict(sorted(counts.items())),
        "sums": {
            outcome: sum(line.amount for line in lines if line.kind.outcome == outcome)
            for outcome in sorted(counts)
        },
        "lines": {
            line.id: [line.kind.outcome, *(line.kind.target if line.kind.outcome == POSTED else ("", "", ""))]
            for line in lines
        },
    }
