"""What becomes of the entries of one camt statement: movements, findings, or skipped by rule."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from gevinst.domain.finding import Finding
from gevinst.formats.camt_bulk import bulk_of
from gevinst.formats.camt_entry import SKIPPED, Entry, entry_of, movements_of
from gevinst.formats.camt_movements import Movements
from gevinst.formats.camt_quick import Block
from gevinst.formats.camt_statement import Tally
from gevinst.formats.intake import Intake


@dataclass(kw_only=True, slots=True)
class Use:
    """What became of one statement's entries; filled while they are read, so that none is kept."""

    movements: Movements = field(default_factory=Movements)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("q"))  #: of every entry
    rejected: int = 0
    booked: Tally = field(default_factory=Tally)
    every: Tally = field(default_factory=Tally)


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Puts the entries of a block where they belong."""

    intake: Intake
    use: Use
    statement: int  #: number in the file, from 1
    detail: bool
    seen: int  #: entries of the file before this block

    def take(self, block: Block) -> int:
        """Take a block and say how many entries it has."""
        entry = self.seen + 1
        in_statement = len(self.use.lines) + 1
        self.use.lines.extend(block.lines)
        single = list(block.single)
        for alike in block.alike:
            bulk = bulk_of(alike, block.lines, entry=entry, in_statement=in_statement)
            single += [(number, block.source(number)) for number in bulk.others]
            self.use.movements.add_columns(bulk.columns)
            self._count(bulk.columns["amount"], booked=True)
        for number, source in sorted(single, key=itemgetter(0)):
            self._one(entry_of(source, number=number + entry, in_statement=number + in_statement))
        self.use.movements.settle()
        return len(block.lines)

    def _one(self, entry: Entry) -> None:
        booked = entry.status not in SKIPPED and not entry.faults
        self._count([entry.amount or 0], booked=booked)
        if entry.status in SKIPPED:
            self.use.skipped.append((entry.line, SKIPPED[entry.status]))
        elif entry.faults:
            self.use.findings.extend(self._faults(entry))
            self.use.rejected += 1
        else:
            self._movements(entry)

    def _count(self, amounts: Sequence[int], *, booked: bool) -> None:
        self.use.every.add(amounts)
        if booked:
            self.use.booked.add(amounts)

    def _movements(self, entry: Entry) -> None:
        parts, mismatch = movements_of(entry, detail=self.detail)
        self.use.movements.add(parts)
        if mismatch is not None:
            self.use.findings.append(self._mismatch(entry, mismatch))

    def _faults(self, entry: Entry) -> list[Finding]:
        path = entry_path(self.statement, entry.in_statement)
        return [
            Finding(
                code=fault.code,
                place=self.intake.place(line=entry.line, cell=f"{path}/{fault.element}"),
                found=fault.found,
                facts={"column": fault.element, "example": fault.example},
            )
            for fault in entry.faults
        ]

    def _mismatch(self, entry: Entry, sum_of_parts: int) -> Finding:
        """BNK-005: the details of an entry do not add up to it."""
        amount = entry.amount or 0
        place = self.intake.place(line=entry.line, cell=entry_path(self.statement, entry.in_statement))
        facts = {"stated": amount, "computed": sum_of_parts, "difference": amount - sum_of_parts}
        return Finding(code="BNK-005", place=place, facts=facts)


def entry_path(statement: int, entry: int, part: int = 0) -> str:
    """Where an entry, or a transaction of it, stands; all numbers from 1."""
    whole = f"Stmt[{statement}]/Ntry[{entry}]"
    return f"{whole}/TxDtls[{part}]" if part else whole
