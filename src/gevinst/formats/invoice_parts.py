"""What UBL and CII share: who a party is, which account is paid, whose rules the totals follow."""

import re
from dataclasses import dataclass

from gevinst.domain.invoice import InvoiceFamily
from gevinst.domain.masking import mask_cpr
from gevinst.formats.titles import is_iban

CREDIT_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
CVR_SCHEMES = frozenset({"DK:CVR", "0184", "9902", "DK:DIGST"})
SE_SCHEMES = frozenset({"DK:SE", "0198", "9904"})
GLN_SCHEMES = frozenset({"GLN", "EAN", "0088"})
CPR_SCHEMES = frozenset({"DK:CPR", "9901"})
_CVR = re.compile(r"(?:DK)?[ -]?([0-9]{8})")
_GLN = re.compile(r"[0-9]{13}")
_REGISTRATION = re.compile(r"[0-9]{4}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
# Peppol in Denmark writes a FIK line as one text, 71#123456789012345.
_FIK = re.compile(r"(01|04|15|71|73|75)#([0-9]*)")


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A value with the scheme that says what it is."""

    scheme: str
    value: str

    @property
    def shown(self) -> str:
        """The value, a CPR number masked."""
        return "XXXXXX-XXXX" if self.scheme in CPR_SCHEMES and self.value else mask_cpr(self.value)


@dataclass(frozen=True, kw_only=True)
class Fik:
    """A FIK or giro payment line."""

    kind: str
    payment_id: str


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """An account as IBAN or as Danish registration and account number."""

    iban: str = ""
    bic: str = ""
    registration: str = ""
    account: str = ""


def cvr_of(identifiers: list[Identifier]) -> str:
    """The first CVR number, else the first SE number: 8 digits, or ""."""
    for schemes in (CVR_SCHEMES, SE_SCHEMES):
        for one in identifiers:
            if one.scheme.upper() in schemes and (found := _CVR.fullmatch(one.value)):
                return found[1]
    danish = (one.value for one in identifiers if one.value.startswith("DK"))
    return next((found[1] for value in danish if (found := _CVR.fullmatch(value))), "")


def gln_of(identifiers: list[Identifier]) -> str:
    """The first location number: 13 digits, or ""."""
    numbers = (one.value for one in identifiers if one.scheme.upper() in GLN_SCHEMES)
    return next((value for value in numbers if _GLN.fullmatch(value)), "")


def fik_of(payment_id: str, instruction: str) -> Fik | None:
    """A FIK line: OIOUBL has kind and payment id in two elements, Peppol in one."""
    if found := _FIK.fullmatch(payment_id.replace(" ", "")):
        return Fik(kind=found[1], payment_id=found[2])
    if _FIK.fullmatch(f"{payment_id}#"):
        return Fik(kind=payment_id, payment_id=instruction.replace(" ", ""))
    return None


def account_of(number: str, *branch: str, is_iban_told: bool) -> BankAccount:
    """An account by its number and what stands as its bank, in any order."""
    plain = number.replace(" ", "")
    bic = next((one for one in branch if _BIC.fullmatch(one)), "")
    if plain and (is_iban_told or is_iban(plain)):
        return BankAccount(iban=plain, bic=bic)
    registration = next((one for one in branch if _REGISTRATION.fullmatch(one)), "")
    return BankAccount(bic=bic, registration=registration, account=plain)


def family_of(customization: str) -> InvoiceFamily:
    """Whose rules a UBL invoice follows, by its customization id; OIOUBL 3 follows EN 16931 like others."""
    if customization.upper().startswith("OIOUBL"):
        return InvoiceFamily.OIOUBL
    return InvoiceFamily.PEPPOL if "peppol" in customization.lower() else InvoiceFamily.UBL
