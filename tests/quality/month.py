"""One month of one account, of the kinds and shares that a public benchmark of bank reconciliation has.

The benchmark (spoj/taskgraph, examples/EVAL.md) tells its kinds and how often each comes at its hardest
setting; the names, texts and code here are our own. The two files have no number in common but those of
single payments: a person has only amounts, days, and names that the bank cuts, glues together or replaces.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from quality.files import Event, Row, TwoFiles, lay_out, weekday

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 30)
ROOTS = (
    *("Fjord", "Skovlund", "Bakkegård", "Strandby", "Nordlys", "Vestre", "Kornmark", "Hvidsten", "Egebjerg"),
    *("Birkely", "Havblik", "Møllehøj", "Rosenvang", "Granly", "Sønderport", "Lyngdal", "Kløver", "Solbjerg"),
    *("Ravnholt", "Ørnsø", "Falkenberg", "Tårnby", "Klinteby", "Engmark", "Damhus", "Brohoved", "Kildebæk"),
    *("Stenhøj", "Ulvedal", "Aspelund", "Vindinge", "Poppel", "Åkande", "Svanemose", "Rugager", "Thorslund"),
)
TRADES = (
    *("Byg", "Rengøring", "Transport", "Rådgivning", "Teknik", "Kantine", "Gartneri", "Maskinudlejning"),
    *("Elektro", "Vikarservice", "Trykkeri", "Kloak", "Arkitekter", "Logistik", "Inventar", "Revision"),
    *("Smede", "Tømrer", "Catering", "Isolering", "Software", "Sikring", "Murer", "Service"),
)
FORMS = ("A/S", "ApS", "I/S", "P/S", "Holding")
SURNAMES = ("Hansen", "Krogh", "Lassen", "Møller", "Bruun", "Dahl", "Winther", "Friis", "Juhl", "Thomsen")
CONFUSABLE = ("{} og Søn", "{} Byg ApS", "Brdr. {}", "{} Partnere I/S", "Firmaet {}", "{} Entreprise A/S")
SERVICES = ("Konsulentbistand", "Vedligehold", "Leje", "Licens", "Varekøb", "Abonnement", "Delleverance")
CRYPTIC = ("NETS*{}", "MobilePay {}", "BS {}", "DK-KORT {}", "SumUp *{}", "Klarna {}", "Stripe {}")
BANK_FEES = ("Gebyr kontohold", "Renter", "Gebyr udlandsoverførsel", "Gebyr netbank")
OUT_WORDS = ("Overførsel", "Betaling", "Kontooverf.", "Bgs")
#: Of all events; as the public benchmark's hardest setting.
SHARES = {
    "plain": 0.42,
    "batch": 0.06,
    "voided and paid again": 0.04,
    "paid wrong, returned, paid right": 0.04,
    "returned payment": 0.03,
    "amounts differ": 0.04,
    "paid twice": 0.04,
    "bank only": 0.04,
    "ledger only": 0.04,
    "cancelled in the ledger": 0.03,
}
#: Of the plain events.
PLAIN = {"same amount, other days": 0.22, "same amount, same day": 0.08, "weekly": 0.12, "month before": 0.05}
CRYPTIC_SHARE, CUT_SHARE, GLUED_SHARE, SLIP_SHARE, LATE_SHARE = 0.08, 0.3, 0.3, 0.15, 0.4


@dataclass(frozen=True, kw_only=True)
class Party:
    """Whom the office pays, or who pays it."""

    name: str
    pays_us: bool


@dataclass(kw_only=True)
class Month:
    """Makes events by chance, the same for the same seed."""

    seed: int
    chance: random.Random = field(init=False)
    names: set[str] = field(default_factory=set)
    number: int = 1_000

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - made-up data

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def party(self) -> Party:
        while True:
            name = " ".join(self.chance.choice(words) for words in (ROOTS, TRADES, FORMS))
            if name not in self.names:
                self.names.add(name)
                return Party(name=name, pays_us=self.chance.random() < 0.33)

    def amount(self, party: Party) -> int:
        """A fifth round hundreds, a fifth on 50 or 95 øre, the rest any; øre, money in > 0."""
        ore = int(10 ** self.chance.uniform(4.2, 7.3))
        kind = self.chance.random()
        if kind < 0.2:
            ore = max(1, ore // 10_000) * 10_000
        elif kind < 0.4:
            ore = ore // 100 * 100 + self.chance.choice((50, 95))
        return ore if party.pays_us else -ore

    def day(self) -> date:
        return weekday(FIRST + timedelta(days=self.chance.randrange(30)))

    def later(self, day: date, low: int, high: int) -> date:
        """So many days on, on a weekday, within the month."""
        return min(max(weekday(day + timedelta(days=self.chance.randint(low, high))), FIRST), LAST)

    def cleared(self, day: date) -> date:
        if self.chance.random() >= LATE_SHARE:
            return self.later(day, 0, 1)
        return self.later(day, 3, 14) if self.chance.random() < 0.3 else self.later(day, 1, 4)

    def bank(self, party: Party, day: date, amount: int, *, named: bool = False) -> Row:
        """The bank's row: the name in capitals, whole, cut and perhaps glued, or not at all."""
        drawn, capitals = self.chance.random(), party.name.upper()
        if drawn < CRYPTIC_SHARE and not named:
            code = "".join(self.chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=8))
            return Row(booked=day, amount=amount, text=self.chance.choice(CRYPTIC).format(code))
        if drawn < CRYPTIC_SHARE + CUT_SHARE:
            capitals = capitals[: self.chance.randint(12, 20)].rstrip()
            capitals = capitals.replace(" ", "") if self.chance.random() < GLUED_SHARE else capitals
        word = "Indbetaling" if amount > 0 else self.chance.choice(OUT_WORDS)
        return Row(booked=day, amount=amount, text=f"{word} {capitals[:25]}")

    def ledger(self, party: Party, day: date, amount: int, words: str = "") -> Row:
        """The posting: the whole name, now and then with a slip, what it is for, and its own number."""
        name = slip(self, party.name) if self.chance.random() < SLIP_SHARE else party.name
        said = words or f"{self.chance.choice(SERVICES)}, FAK-{self.next_number()}, oktober 2026"
        series = "DEB" if amount > 0 else "KRE"
        return Row(
            booked=day, amount=amount, text=f"{name} - {said}", reference=f"{series}-{self.next_number()}"
        )


def slip(make: Month, name: str) -> str:
    """A letter left out, or two swapped."""
    at = make.chance.randrange(len(name) - 1)
    if make.chance.random() < 0.5:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def one(kind: str, bank: Row, posting: Row) -> Event:
    return Event(kind=kind, left=(bank,), right=(posting,), matches=True)


def plain(make: Month, kind: str, party: Party, amount: int, day: date) -> Event:
    return one(kind, make.bank(party, make.cleared(day), amount), make.ledger(party, day, amount))


def simple(make: Month) -> list[Event]:
    party = make.party()
    return [plain(make, "plain", party, make.amount(party), make.day())]


def same_amount(make: Month) -> list[Event]:
    """Two parties, one amount, five to fifteen days apart."""
    first, day = make.party(), make.day()
    amount, second = make.amount(first), make.later(day, 5, 15)
    kind = "same amount, other days"
    return [plain(make, kind, first, amount, day), plain(make, kind, make.party(), amount, second)]


def confusable(make: Month) -> list[Event]:
    """Two parties with one surname, one amount and one day: only the name can tell."""
    surname, day = make.chance.choice(SURNAMES), make.day()
    names = [form.format(surname) for form in make.chance.sample(CONFUSABLE, 2)]
    parties = [Party(name=name, pays_us=False) for name in names]
    amount = make.amount(parties[0])
    return [
        one("same amount, same day", make.bank(party, day, amount), make.ledger(party, day, amount))
        for party in parties
    ]


def weekly(make: Month) -> list[Event]:
    """Four payments to one party a week apart, most often of one amount."""
    party, start = make.party(), FIRST + timedelta(days=make.chance.randrange(7))
    amount, fixed = make.amount(party), make.chance.random() < 0.6
    made = []
    for week in range(4):
        day = weekday(start + timedelta(days=7 * week))
        ore = amount if fixed else round(amount * make.chance.uniform(0.95, 1.05))
        made.append(one("weekly", make.bank(party, make.later(day, 0, 2), ore), make.ledger(party, day, ore)))
    return made


def month_before(make: Month) -> list[Event]:
    party = make.party()
    amount, day = make.amount(party), weekday(FIRST - timedelta(days=make.chance.randint(1, 5)))
    bank = make.bank(party, weekday(FIRST + timedelta(days=make.chance.randrange(5))), amount)
    return [one("month before", bank, make.ledger(party, day, amount))]


def batch(make: Month) -> list[Event]:
    """One payment of two to five invoices of one party, posted over some days before."""
    party, base = make.party(), make.day()
    days = [make.later(base, -5, 0) for _ in range(make.chance.randint(2, 5))]
    postings = tuple(make.ledger(party, day, make.amount(party)) for day in days)
    bank = make.bank(party, make.later(base, 0, 2), sum(row.amount for row in postings), named=True)
    return [Event(kind="batch", left=(bank,), right=postings, matches=True)]


def voided(make: Month) -> list[Event]:
    """A payment voided in the ledger and made again; the bank knows only the second one's number."""
    party = Party(name=make.party().name, pays_us=False)
    amount, first, second = make.amount(party), make.next_number(), make.next_number()
    day = make.day()
    undone = make.later(day, 2, 7)
    again = make.later(undone, 1, 5)
    number = f"UDB-{first}"
    original = Row(booked=day, amount=amount, text=f"{party.name} - Vedligehold", reference=number)
    void = Row(
        booked=undone, amount=-amount, text=f"Annulleret udbetaling til {party.name}", reference=number
    )
    text = f"{party.name} - Udbetalt igen (erstatter {first})"
    posting = Row(booked=again, amount=amount, text=text, reference=f"UDB-{second}")
    bank = Row(booked=make.later(again, 0, 3), amount=amount, text=f"Udbetaling {second}")
    kind = "voided and paid again"
    return [one(kind, bank, posting), Event(kind=kind, left=(), right=(original, void), matches=True)]


def corrected(make: Month) -> list[Event]:
    """Paid to the wrong party, paid back, paid to the right one: three rows on both sides."""
    wrong, right = make.party(), make.party()
    wrong = Party(name=wrong.name, pays_us=False)
    amount, day = make.amount(wrong), make.day()
    back = make.later(day, 1, 4)
    again = make.later(back, 1, 3)
    steps = (
        (wrong, day, amount, "Betalt ved en fejl"),
        (wrong, back, -amount, "Tilbageført fejlbetaling"),
        (right, again, amount, f"Rettet betaling (erstatter fejl til {wrong.name})"),
    )
    return [
        one(
            "paid wrong, returned, paid right",
            Row(
                booked=make.later(when, 0, 2),
                amount=ore,
                text=f"Overførsel {party.name.upper()}"[:36].rstrip(),
            ),
            make.ledger(party, when, ore, words),
        )
        for party, when, ore, words in steps
    ]


def returned(make: Month) -> list[Event]:
    """A payment in that comes back: the bank names nobody."""
    party = Party(name=make.party().name, pays_us=True)
    amount, day = make.amount(party), make.day()
    back = make.later(day, 3, 10)
    steps = ((day, amount, "Indbetaling"), (back, -amount, "Retur, manglende dækning"))
    return [
        one(
            "returned payment",
            Row(booked=make.later(when, 0, 1), amount=ore, text=text),
            make.ledger(party, when, ore, f"{text}, FAK-{make.next_number()}"),
        )
        for when, ore, text in steps
    ]


def differs(make: Month) -> list[Event]:
    """A fee taken on the way, or two digits swapped: not to be matched, but to be shown."""
    party = Party(name=make.party().name, pays_us=True)
    amount, day = make.amount(party), make.day()
    posted = (
        amount - make.chance.randint(1_000, 5_000) if make.chance.random() < 0.5 else swapped(make, amount)
    )
    number = make.chance.randint(1_000_000, 9_999_999)
    bank = Row(
        booked=make.later(day, 0, 3), amount=amount, text=f"Overførsel {number} {party.name.upper()[:15]}"
    )
    posting = make.ledger(party, day, posted)
    return [Event(kind="amounts differ", left=(bank,), right=(posting,), matches=False)]


def swapped(make: Month, ore: int) -> int:
    digits = list(str(ore))
    places = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    at = make.chance.choice(places)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return int("".join(digits))


def paid_twice(make: Month) -> list[Event]:
    """One party, one amount, two numbers, some days apart: two true payments."""
    party = Party(name=make.party().name, pays_us=False)
    amount, day = make.amount(party), make.day()
    made = []
    for when in (day, make.later(day, 3, 10)):
        number = make.next_number()
        text = f"{party.name} - Vedligehold"
        posting = Row(booked=when, amount=amount, text=text, reference=f"UDB-{number}")
        bank = Row(booked=make.later(when, 0, 3), amount=amount, text=f"Udbetaling {number}")
        made.append(one("paid twice", bank, posting))
    return made


def bank_only(make: Month) -> list[Event]:
    bank = Row(
        booked=make.day(), amount=-make.chance.randint(1_500, 10_000), text=make.chance.choice(BANK_FEES)
    )
    return [Event(kind="bank only", left=(bank,), right=(), matches=False)]


def ledger_only(make: Month) -> list[Event]:
    party = make.party()
    posting = make.ledger(party, make.day(), make.amount(party))
    return [Event(kind="ledger only", left=(), right=(posting,), matches=False)]


def cancelled(make: Month) -> list[Event]:
    party = Party(name=make.party().name, pays_us=False)
    amount, number, day = make.amount(party), make.next_number(), make.day()
    first = Row(booked=day, amount=amount, text=f"{party.name} - Licens", reference=f"UDB-{number}")
    void = Row(
        booked=make.later(day, 1, 5),
        amount=-amount,
        text=f"Annulleret betaling til {party.name}",
        reference=f"UDB-{number}",
    )
    return [Event(kind="cancelled in the ledger", left=(), right=(first, void), matches=True)]


Makes = Callable[[Month], list[Event]]
KINDS: dict[str, Makes] = {
    "plain": simple,
    "batch": batch,
    "voided and paid again": voided,
    "paid wrong, returned, paid right": corrected,
    "returned payment": returned,
    "amounts differ": differs,
    "paid twice": paid_twice,
    "bank only": bank_only,
    "ledger only": ledger_only,
    "cancelled in the ledger": cancelled,
}
PLAIN_KINDS: dict[str, tuple[Makes, int]] = {
    "same amount, other days": (same_amount, 2),
    "same amount, same day": (confusable, 2),
    "weekly": (weekly, 4),
    "month before": (month_before, 1),
}


def month(rows: int, seed: int) -> TwoFiles:
    """A month with about so many rows in the bank's file."""
    make = Month(seed=seed)
    events = round(rows / sum(share * _bank_rows(kind) for kind, share in SHARES.items()))
    made: list[Event] = []
    for kind, share in SHARES.items():
        count = round(events * share)
        made += _plain_events(make, count) if kind == "plain" else _times(make, KINDS[kind], count)
    return lay_out(made)


def _bank_rows(kind: str) -> int:
    return {
        "paid wrong, returned, paid right": 3,
        "returned payment": 2,
        "paid twice": 2,
        "ledger only": 0,
        "cancelled in the ledger": 0,
    }.get(kind, 1)


def _plain_events(make: Month, count: int) -> list[Event]:
    made: list[Event] = []
    for kind, share in PLAIN.items():
        maker, size = PLAIN_KINDS[kind]
        made += _times(make, maker, round(count * share / size))
    return made + _times(make, simple, count - len(made))


def _times(make: Month, maker: Makes, count: int) -> list[Event]:
    return [event for _ in range(count) for event in maker(make)]
