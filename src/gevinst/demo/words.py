"""The words and numbers of a made-up municipality: its charges, firms, institutions and accounts.

No person, no real firm: parties are roles, or firms put together from parts; no company number is valid.
"""

from dataclasses import dataclass

from gevinst.demo.dice import Dice

OFFICE = "Fjordbro Kommune"
BANK_CODE = "DEMODKKK"
BANK_NUMBER = "9999"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Something that citizens pay for, at a price that many pay."""

    text: str
    payer: str  #: a role, never a name
    prices: tuple[int, ...]  #: øre; empty when every amount is its own
    counter_account: str


CHARGES = (
    Charge(text="Parkeringsafgift", payer="Bilist", prices=(51000, 51000, 79000), counter_account="72210701"),
    Charge(
        text="Daginstitution",
        payer="Forælder, dagtilbud",
        prices=(404500, 321500, 202300),
        counter_account="75250110",
    ),
    Charge(text="SFO", payer="Forælder, skole", prices=(198000, 99000), counter_account="73220508"),
    Charge(text="Musikskole", payer="Elev, musikskole", prices=(147500, 73750), counter_account="73350063"),
    Charge(text="Madservice", payer="Modtager, madservice", prices=(), counter_account="75300026"),
    Charge(text="Byggesagsgebyr", payer="Bygherre", prices=(), counter_account="76450051"),
    Charge(text="Ejendomsbidrag", payer="Ejer af ejendom", prices=(), counter_account="71380061"),
    Charge(text="Rottebekæmpelse", payer="Ejer af ejendom", prices=(18650,), counter_account="70550093"),
    Charge(text="Jordflytning", payer="Entreprenør", prices=(), counter_account="70520089"),
    Charge(text="Pas og kørekort", payer="Borger", prices=(28000, 89300), counter_account="76450050"),
)

BENEFITS = (
    "Kontanthjælp",
    "Sygedagpenge",
    "Enkeltydelse",
    "Befordring",
    "Hjælpemiddel",
    "Tabt arbejdsfortjeneste",
    "Ledsagerordning",
    "Fripladstilskud",
    "Flytteudgift",
)

FIRM_PLACES = (
    "Vesterlund",
    "Åbro",
    "Nørremark",
    "Søholt",
    "Ådal",
    "Kløverbakke",
    "Højrup",
    "Fjordbro",
    "Østerhede",
    "Mølleå",
)
FIRM_TRADES = (
    "Maskinservice",
    "El & VVS",
    "Tømrerfirma",
    "Rengøring",
    "Kontorartikler",
    "Vejteknik",
    "Gartneri",
    "Busdrift",
    "Fødevarer",
    "Hjælpemidler",
    "IT-drift",
    "Skadeservice",
)
FIRM_FORMS = ("A/S", "ApS", "I/S")

SUPPLIES = (
    "Fødevarer",
    "Rengøring",
    "Vedligehold",
    "Kontorhold",
    "Vejsalt",
    "IT-drift",
    "Varekøb | kantine",
    "Buskørsel",
    "Konsulent",
)

AREAS = (
    "Dagtilbud",
    "Skoler",
    "Ældrepleje",
    "Sundhed",
    "Social og handicap",
    "Beskæftigelse",
    "Teknik og miljø",
    "Kultur og fritid",
    "Administration",
    "Redningsberedskab",
)

#: MobilePay merchant numbers (9 digits) and the place that sells.
MERCHANTS = (
    ("510204417", "Svømmehal"),
    ("510204425", "Genbrugsbutik"),
    ("510204433", "Museum"),
    ("510204441", "Bibliotek"),
    ("510204458", "Borgerservice"),
    ("510204466", "Kantine rådhus"),
)

#: Card terminals (7 digits) that settle on the main account.
MAIN_TERMINALS = (("3104416", "Jobcenter"), ("3104424", "Rådhus"), ("3104432", "Materielgård"))

#: The office's own accounts that money is moved to and from.
OWN_ACCOUNTS = (
    ("4410", "Skattekonto"),
    ("4428", "Kortindløsning"),
    ("4436", "Gavekonto"),
    ("4444", "Anlægskonto"),
    ("4451", "Beboermidler"),
)

STATE_REFUNDS = (
    "Statsrefusion sygedagpenge",
    "Statsrefusion fleksjob",
    "Statsrefusion jobafklaring",
    "Momsrefusion",
    "Udbetaling af boligstøtteandel",
    "Refusion særligt dyre enkeltsager",
    "Refusion integration",
    "Refusion seniorpension",
)

CREDITORS = ("85123409", "85123417", "85123425")  #: FIK creditor numbers of the office
DIRECT_DEBIT_CREDITORS = ("05512347", "05512355")  #: Betalingsservice creditor numbers of the office


def firm(dice: Dice) -> str:
    """The name of a made-up firm."""
    return f"{dice.pick(FIRM_PLACES)} {dice.pick(FIRM_TRADES)} {dice.pick(FIRM_FORMS)}"
