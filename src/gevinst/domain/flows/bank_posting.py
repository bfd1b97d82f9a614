"""Bank posting (F1): a journal proposal from the bank's lines by the office's rules.

A line that a rule decides is posted to the rule's account. A line that no rule knows, that a rule sends to a
person, or that two equal rules want is never guessed: it is posted to the bank account's interim account,
where it stands as an open item until a person has decided, and it is a case. A rule whose account is the bank
account's own says that another interface posts the line: it is left out here.

The robot may run every day: a line that stands in a journal of the month, which has left or is on its way, is
not proposed again, unless the ERP has refused its document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from gevinst.domain.calendar import BankCalendar
from gevinst.domain.finding import Finding, InputRejectedError, Severity
from gevinst.domain.flow import (
    Column,
    ColumnKind,
    Control,
    Flow,
    FlowCase,
    FlowInput,
    FlowResult,
    ResultTable,
    SourceColumn,
    SourceShape,
)
from gevinst.domain.flow_rows import place_of, total
from gevinst.domain.flow_settings import FlowSettings
from gevinst.domain.journal import (
    ACCOUNTS,
    DEBIT,
    Journal,
    JournalHead,
    balances,
    journal_files,
    read_chart,
    target_findings,
    two_lines_each,
)
from gevinst.domain.place import Place
from gevinst.domain.posting_answer import (
    ANSWER,
    answer_cases,
    answer_findings,
    answer_table,
    refused_documents,
)
from gevinst.domain.posting_match import NONE, Decided, decide
from gevinst.domain.posting_rules import RULES, PostingRule, TextFrom, read_rules
from gevinst.domain.posting_sent import Sent, kept_table, sent_before, sent_cases, sent_findings
from gevinst.domain.posting_use import OVERLAP_COLUMNS, RULE_COLUMNS, overlaps, rule_use

BANK = "bank"
RULE_FILE = "rules"
CHART = "accounts"
ANSWERS = "answer"
#: What becomes of a line.
POSTED, ELSEWHERE, NOTHING, IN_JOURNAL = "posted", "elsewhere", "zero", "in_journal"
NO_RULE, PERSON, RIVALS = "no_posting_rule", "posting_exception", "rival_posting_rules"
FOR_PEOPLE = (NO_RULE, PERSON, RIVALS)
#: A line that was put on the interim account, and that the rules would post elsewhere by now.
RULE_SINCE = "rule_after_interim"
#: Documents of a journal hold either sure postings or those on the interim account.
SURE, INTERIM = "1", "2"
LONGEST_TITLE = 25
MOST_STRANGE = 20  # lines of another month that are named; a wrong file has nothing else


class BankAccount(FlowSettings):
    """Where one account of the bank stands in the ledger."""

    account: str = Field(pattern=r"^[0-9A-Za-z]{4,10}$")  #: the bank account's own
    interim: str = Field(pattern=r"^[0-9A-Za-z]{4,10}$")  #: where lines wait that nobody has decided about


class Settings(FlowSettings):
    """The robot's [settings]."""

    bank_accounts: dict[str, BankAccount]  #: by account number as the bank writes it
    closed_through: date | None = None  #: the last day of the ERP's closed periods
    sender: str = Field(default="T01CLNT000", max_length=20)
    receiver: str = Field(default="T01CLNT000", max_length=20)
    municipality: str = Field(default="000", pattern=r"^\d{3,4}$")
    company_code: str = Field(default="0000", pattern=r"^[0-9A-Za-z]{4}$")
    code: str = Field(default="000", pattern=r"^[0-9A-Za-z]{2,10}$")  #: in the XML file's name
    provider: str = Field(default="GEVINST", pattern=r"^[0-9A-Za-z]{2,20}$")
    title: str = Field(default="Bankposteringer", max_length=LONGEST_TITLE)


LINES = SourceShape(
    several=True,
    columns=(
        SourceColumn(key="id", headings=("Transaktions-id", "transaction_id", "TransaktionsID"), filled=True),
        SourceColumn(key="account", headings=("Bankkonto", "Kontonummer", "account"), filled=True),
        SourceColumn(
            key="day", kind=ColumnKind.DAY, headings=("Bogføringsdato", "booking_date"), filled=True
        ),
        SourceColumn(
            key="value_day", kind=ColumnKind.DAY, headings=("Valørdato", "value_date"), required=False
        ),
        SourceColumn(key="amount", kind=ColumnKind.AMOUNT, headings=("Beløb", "amount"), filled=True),
        SourceColumn(key="currency", headings=("Valuta", "currency"), required=False),
        SourceColumn(key="text", headings=("Tekst", "Beskrivelse", "narrative")),
        SourceColumn(key="message", headings=("Advis", "Meddelelse", "message"), required=False),
        SourceColumn(key="sender", headings=("Afsender", "counterparty_name"), required=False),
        SourceColumn(key="type", headings=("Posteringstype", "type_description"), required=False),
    ),
)

_ID = Column(key="transaction")
_DAY = Column(key="day", kind=ColumnKind.DAY)
_AMOUNT = Column(key="amount", kind=ColumnKind.AMOUNT)
_SENDER = Column(key="sender")
_TEXT = Column(key="bank_text")
_RULE = Column(key="rule")
POSTED_COLUMNS = (
    _ID,
    _DAY,
    _AMOUNT,
    _SENDER,
    _RULE,
    Column(key="artskonto"),
    Column(key="psp"),
    Column(key="cost_center"),
    Column(key="posting_text"),
    Column(key="value_day", kind=ColumnKind.DAY),
)
INTERIM_COLUMNS = (
    _ID,
    _DAY,
    Column(key="age", kind=ColumnKind.COUNT),
    _AMOUNT,
    _SENDER,
    _TEXT,
    Column(key="interim"),
    _RULE,
    Column(key="document"),
)
LEFT_COLUMNS = (_ID, _DAY, _AMOUNT, _SENDER, _TEXT, _RULE)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """Lines with what becomes of each."""

    lines: pd.DataFrame  #: LINES' columns, those of _with_fates, fate, wanted, and Sent.lines'
    decided: Decided
    posted_on: date
    sent: Sent

    def of(self, *fates: str) -> pd.DataFrame:
        """Lines with one of these fates."""
        return self.lines[self.lines["fate"].isin(fates)]

    def waiting(self) -> pd.DataFrame:
        """Lines on the interim account, of this journal or an earlier one, with `cause`."""
        lines = self.lines
        before = (lines["fate"] == IN_JOURNAL) & (lines["posted_to"] == lines["interim"])
        rows = lines[before | lines["fate"].isin(FOR_PEOPLE)]
        return rows.assign(cause=rows["wanted"].where(rows["wanted"].isin(FOR_PEOPLE), RULE_SINCE))


def work_out(given: FlowInput) -> FlowResult:
    """Post what the rules decide, put the rest on the interim account, and say so of every line.

    Raises:
        InputRejectedError: a rule, an account, a line or an answer that would make a wrong journal.
    """
    settings: Settings = given.settings
    posted_on = booking_day(given.as_of, given.today, given.calendar)
    rules, findings = read_rules(given.tables[RULE_FILE])
    findings += _line_findings(given.tables[BANK], settings, given.period)
    findings += _period_findings(posted_on, settings)
    _stop(findings)
    decided = decide(given.tables[BANK], rules)
    answers = given.tables.get(ANSWERS)
    sent = sent_before(
        given.sent, given.period, refused_documents(answers) if answers is not None else frozenset()
    )
    work = _Work(
        lines=_held_against(sent, _with_fates(given.tables[BANK], decided, settings, given.calendar)),
        decided=decided,
        posted_on=posted_on,
        sent=sent,
    )
    findings = [*sent_findings(sent), *_chart_findings(work, given.tables[CHART], settings)]
    if answers is not None:
        findings += answer_findings(answers, given.sent)
    _stop(findings)
    return _result(given, work, [one for one in findings if one.severity is Severity.WARNING])


def booking_day(as_of: date, today: date, calendar: BankCalendar) -> date:
    """The last closed bank day: before today, and in the month; its first when none is closed yet."""
    first = calendar.add_bank_days(as_of.replace(day=1), 0)
    return max(first, calendar.last_closed(min(as_of + timedelta(days=1), today)))


def _stop(findings: Sequence[Finding]) -> None:
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        raise InputRejectedError(errors)


def _line_findings(lines: pd.DataFrame, settings: Settings, period: str) -> Iterator[Finding]:
    double = lines[lines["id"].duplicated()]
    yield from (_of_row("POS-018", row, row["id"]) for row in double.to_dict("records"))
    unknown = lines[~lines["account"].isin(list(settings.bank_accounts))]
    yield from (
        _of_row("POS-019", row, row["account"])
        for row in unknown.drop_duplicates("account").to_dict("records")
    )
    foreign = lines[~lines["currency"].str.upper().isin(["", "DKK"])]
    yield from (_of_row("POS-020", row, row["currency"]) for row in foreign.to_dict("records"))
    strange = lines[lines["day"].dt.strftime("%Y-%m") != period].head(MOST_STRANGE)
    for row in strange.to_dict("records"):
        yield Finding(
            code="POS-025", place=place_of(row), found=f"{row['day']:%Y-%m-%d}", facts={"period": period}
        )


def _of_row(code: str, row: Mapping[Any, Any], found: str) -> Finding:
    return Finding(code=code, place=place_of(row), found=found)


def _period_findings(posted_on: date, settings: Settings) -> Iterator[Finding]:
    if settings.closed_through is not None and posted_on <= settings.closed_through:
        yield Finding(
            code="POS-021",
            place=Place(file="robot.toml", cell="settings.closed_through"),
            found=settings.closed_through.isoformat(),
            facts={"day": posted_on.isoformat()},
        )


def _with_fates(
    lines: pd.DataFrame, decided: Decided, settings: Settings, calendar: BankCalendar
) -> pd.DataFrame:
    """The lines with rule, target and fate; rules are few, lines many."""
    # The last place of each list belongs to NONE, which is -1.
    rules = list(decided.rules)
    ids = np.array([*(rule.id for rule in rules), ""], dtype=object)
    targets = np.array([*(rule.target for rule in rules), ("", "", "")], dtype=object).reshape(-1, 3)
    own = lines["account"].map({name: one.account for name, one in settings.bank_accounts.items()})
    rule = decided.rule
    made = lines.assign(
        own=own.astype("str"),
        interim=lines["account"]
        .map({name: one.interim for name, one in settings.bank_accounts.items()})
        .astype("str"),
        rule=pd.Series(ids[rule], index=lines.index, dtype="str"),
        **{
            name: pd.Series(targets[rule, at], index=lines.index, dtype="str")
            for at, name in enumerate(("artskonto", "psp", "cost_center"))
        },
        posting_text=_posting_texts(lines, rules, rule),
        value_day=_value_days(lines, calendar),
    )
    rivals = np.array([*(one.id for one in rules), ""], dtype=object)[decided.rival]
    made["rule"] = made["rule"].where(
        decided.rival == NONE, made["rule"] + ", " + pd.Series(rivals, index=lines.index, dtype="str")
    )
    return made.assign(wanted=_fates(made, decided))


def _held_against(sent: Sent, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines with their fate, and with the journal that holds them already."""
    of_each = sent.lines.set_index("id").reindex(lines["id"]).set_axis(lines.index)
    of_each["document"] = of_each["document"].fillna("")
    return lines.join(of_each).assign(fate=np.where(of_each["document"] != "", IN_JOURNAL, lines["wanted"]))


def _fates(made: pd.DataFrame, decided: Decided) -> NDArray[np.str_]:
    no_account = (made["artskonto"] == "").to_numpy(dtype=bool)
    return np.select(
        [
            (made["amount"] == 0).to_numpy(dtype=bool),
            decided.rule == NONE,
            decided.rival != NONE,
            no_account,
            (made["artskonto"] == made["own"]).to_numpy(dtype=bool),
        ],
        [NOTHING, NO_RULE, RIVALS, PERSON, ELSEWHERE],
        default=POSTED,
    )


def _posting_texts(
    lines: pd.DataFrame, rules: Sequence[PostingRule], rule: NDArray[np.int64]
) -> "pd.Series[str]":
    """The text that each rule asks for; the bank's own where there is none, the transaction's id at last."""
    wanted = np.array([*(one.text_from for one in rules), TextFrom.BANK], dtype=object)[rule]
    fixed = pd.Series(
        np.array([*(one.text for one in rules), ""], dtype=object)[rule], index=lines.index, dtype="str"
    )
    texts = lines["text"]
    for kind, column in (
        (TextFrom.ADVICE, lines["message"]),
        (TextFrom.SENDER, lines["sender"]),
        (TextFrom.FIXED, fixed),
    ):
        texts = texts.where((wanted != kind) | (column == ""), column)
    return texts.where(texts.str.strip() != "", lines["id"])


def _value_days(lines: pd.DataFrame, calendar: BankCalendar) -> "pd.Series[pd.Timestamp]":
    """The bank's value date, else the booking date; on a bank day, the next one if need be."""
    days = lines["value_day"].fillna(lines["day"])
    moved = {
        day: pd.Timestamp(calendar.add_bank_days(day.date(), 0))
        for day in days.unique()
        if not calendar.is_bank_day(day.date())
    }
    return days.replace(moved) if moved else days


def _chart_findings(work: _Work, rows: pd.DataFrame, settings: Settings) -> Iterator[Finding]:
    """Accounts that cannot be posted to: an error where a line would go there, else a warning."""
    chart, findings = read_chart(rows)
    yield from findings
    proposed = work.decided.sure & (work.lines["fate"] != IN_JOURNAL).to_numpy()
    used = set(np.unique(work.decided.rule[proposed]).tolist())
    own = {one.account for one in settings.bank_accounts.values()}
    for at, rule in enumerate(work.decided.rules):
        if rule.target[0] and rule.account not in own:
            for one in target_findings(
                rule.target, chart, day=work.posted_on, place=rule.place, rule=rule.id
            ):
                yield one if at in used else _as_warning(one)
    place = Place(file="robot.toml", cell="settings.bank_accounts")
    for name, account in settings.bank_accounts.items():
        for target in (account.account, account.interim):
            yield from target_findings((target, "", ""), chart, day=work.posted_on, place=place, rule=name)


def _as_warning(one: Finding) -> Finding:
    return Finding(
        code=one.code, place=one.place, found=one.found, severity=Severity.WARNING, facts=one.facts
    )


def _result(given: FlowInput, work: _Work, warnings: Sequence[Finding]) -> FlowResult:
    settings: Settings = given.settings
    journal = _journal(work, settings)
    posted, waiting, left = work.of(POSTED), work.waiting(), work.of(ELSEWHERE, NOTHING)
    kept = work.of(IN_JOURNAL)
    booked = kept[kept["posted_to"] != kept["interim"]]  # the others are waiting
    answers = given.tables.get(ANSWERS)
    return FlowResult(
        conclusion="bank_posting",
        facts={
            "count": len(posted),
            "amount": _turnover(posted),
            "waiting": len(waiting),
            "waiting_amount": _turnover(waiting),
            "left": len(left),
            "kept": len(booked),
            "day": work.posted_on,
        },
        controls=_controls(work, journal),
        tables=(*_tables(work, given), *(() if answers is None else (answer_table(answers),))),
        cases=(
            *_cases(waiting),
            *sent_cases(work.lines, work.sent, work.posted_on),
            *(() if answers is None else answer_cases(answers, given.as_of)),
        ),
        warnings=tuple(warnings),
        outputs=tuple(journal_files(journal, given.writers)),
        done={"posting": [*posted["id"], *booked["id"]]},
    )


def _journal(work: _Work, settings: Settings) -> Journal:
    booked = work.of(POSTED, *FOR_PEOPLE)
    sure = booked["fate"] == POSTED
    items = pd.DataFrame(
        {
            "bank_account": booked["own"],
            "account": booked["artskonto"].where(sure, booked["interim"]),
            "psp": booked["psp"].where(sure, ""),
            "cost_center": booked["cost_center"].where(sure, ""),
            "amount": booked["amount"].astype("int64"),
            "text": booked["posting_text"].where(sure, booked["id"] + " " + booked["text"]),
            "value_date": booked["value_day"],
            "reference": booked["id"],
            "group": np.where(sure, SURE, INTERIM) + booked["own"],
        }
    )
    head = JournalHead(
        posted_on=work.posted_on,
        sender=settings.sender,
        receiver=settings.receiver,
        municipality=settings.municipality,
        company_code=settings.company_code,
        code=settings.code,
        provider=settings.provider,
        title=settings.title,
    )
    head = replace(head, first=work.sent.next_document(head.batch))
    return Journal(head=head, lines=two_lines_each(items, first=head.first))


def _controls(work: _Work, journal: Journal) -> tuple[Control, ...]:
    """Every line is in one place, every document balances, and the journal moves what the bank moved."""
    lines = work.lines
    parts = [work.of(*fates) for fates in ((POSTED,), FOR_PEOPLE, (ELSEWHERE, NOTHING), (IN_JOURNAL,))]
    booked = work.of(POSTED, *FOR_PEOPLE)
    bank_side = journal.bank_side
    signed = bank_side["amount"].where(bank_side["side"] == DEBIT, -bank_side["amount"])
    return (
        Control(key="rows", expected=len(lines), found=sum(map(len, parts)), is_amount=False),
        Control(key="sum", expected=total(lines), found=sum(map(total, parts))),
        Control(key="journal_balance", expected=0, found=int(balances(journal.lines).abs().sum())),
        Control(key="journal_bank", expected=total(booked), found=int(signed.sum())),
        Control(key="journal_lines", expected=2 * len(booked), found=len(journal.lines), is_amount=False),
    )


def _turnover(rows: pd.DataFrame) -> int:
    return int(rows["amount"].abs().sum())


def _tables(work: _Work, given: FlowInput) -> Iterator[ResultTable]:
    use = rule_use(work.decided, work.lines)
    yield ResultTable(key="posting_rules", columns=RULE_COLUMNS, rows=use, note="rule_use")
    yield ResultTable(key="overlaps", columns=OVERLAP_COLUMNS, rows=overlaps(work.decided), note="overlaps")
    waiting = _named(work.waiting())
    waiting = waiting.assign(age=_ages(waiting["day"], given))
    posted, left = _named(work.of(POSTED)), _named(work.of(ELSEWHERE, NOTHING))
    for key, columns, rows in (
        ("interim", INTERIM_COLUMNS, waiting),
        ("posted", POSTED_COLUMNS, posted),
        ("not_posted", LEFT_COLUMNS, left),
    ):
        yield ResultTable(key=key, columns=columns, rows=rows, summed=("amount",), note=key)
    if work.sent.files:
        yield kept_table(_named(work.of(IN_JOURNAL)))


def _ages(days: "pd.Series[pd.Timestamp]", given: FlowInput) -> NDArray[np.int64]:
    """Bank days from each day to the end of the period."""
    last = given.calendar.ordinals(np.array([given.as_of], dtype="datetime64[D]"))[0]
    ages: NDArray[np.int64] = np.maximum(last - given.calendar.ordinals(days.to_numpy()), 0)
    return ages


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.rename(columns={"id": "transaction", "text": "bank_text"})


def _cases(waiting: pd.DataFrame) -> Iterator[FlowCase]:
    for row in waiting.to_dict("records"):
        yield FlowCase(
            item_id=row["id"],
            cause=row["cause"],
            amount=int(row["amount"]),
            day=row["day"].date(),
            text=row["text"],
            counterparty=row["sender"],
            reference=row["interim"],
            document=row["id"],
            place=place_of(row),
        )


FLOW = Flow(
    id="bank_posting",
    sources={BANK: LINES, RULE_FILE: RULES, CHART: ACCOUNTS, ANSWERS: ANSWER},
    settings=Settings,
    work_out=work_out,
)
