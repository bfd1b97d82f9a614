"""Period sign-off (statusafstemning): the accounts of a month, who has signed, and each account's paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.accounts import AccountError
from gevinst.app.cases import CaseFilter, CaseSums, ListedCase, total
from gevinst.app.period_folder import is_account
from gevinst.app.signing import (
    EXPLANATIONS,
    Account,
    Seen,
    SignatureError,
    Words,
    approve,
    prepare,
    reopen,
)
from gevinst.app.start_run import default_period
from gevinst.domain.money import AmountError, parse_amount
from gevinst.domain.period import is_period, previous_period
from gevinst.domain.robot import Robot
from gevinst.domain.run import Environment, Run
from gevinst.domain.signature import Signature, SignState, sign_state
from gevinst.texts import Texts
from gevinst.web.case_words import list_facts
from gevinst.web.console import Console
from gevinst.web.desk import prove
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.typed import day_of, small_number
from gevinst.web.visit import MaySeeItems, MaySign, MaySignOff, Visit

LIST = "/afstemning"
MOST_CASES = 200  # on a paper; the run page has all
MONTHS_SHOWN = 12

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """An account's period as the checklist shows it."""

    account: Account
    title: str
    who: str  #: the robot's controllers, or the person
    run: Run | None
    oldest: date | None
    state: SignState
    signatures: Sequence[Signature]
    by_robot: bool

    @property
    def can_be_signed(self) -> bool:
        """Whether there is something to sign: a run, or an account of a person."""
        return self.run is not None or not self.by_robot

    @property
    def outdated(self) -> bool:
        """Whether it was run again after the preparer signed."""
        return self.state is SignState.PREPARED and self.signatures[-1].run_id != self.account.run_id


@router.get(LIST)
def this_period(visit: MaySeeItems) -> Response:
    """The month that is signed off now."""
    period = visit.typed("periode")
    return RedirectResponse(
        f"{LIST}/{period if is_period(period) else default_period(visit.today)}", SEE_OTHER
    )


@router.get(f"{LIST}/{{period}}")
def checklist(visit: MaySeeItems, period: str) -> Response:
    """The accounts of a month, and how far each has come."""
    rows = rows_of(visit.console, _known(period), visit.texts)
    locked = sum(row.state is SignState.LOCKED for row in rows)
    return page(
        visit,
        "periods",
        period=period,
        rows=rows,
        locked=locked,
        percent=round(100 * locked / len(rows)) if rows else 0,
        months=_months(default_period(visit.today)),
        stale=visit.console.parts.signatures.stale(visit.today),
        titles={row.account.id: row.title for row in rows},
    )


@router.get(f"{LIST}/{{period}}/{{account}}")
def paper(visit: MaySeeItems, period: str, account: str) -> Response:
    """The working paper of one account: figures, open items with what is known, signatures."""
    return _paper(visit, _row(visit, period, account))


def _paper(visit: Visit, row: AccountRow, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    parts = visit.console.parts
    found: Sequence[ListedCase] = ()
    if row.run:
        found = parts.cases.cases([row.run.run_id], CaseFilter(state=None), limit=MOST_CASES)
    decisions = {one.number: one for one in parts.runs.decisions(row.account.id)} if row.run else {}
    return page(
        visit,
        "paper",
        status=status,
        row=row,
        account=row.account,
        run=row.run,
        cases=[list_facts(one, visit.texts) for one in found],
        decisions=decisions,
        explanations=EXPLANATIONS,
        prove=visit.session.must_prove_again(visit.now),
        mine=bool(row.signatures) and row.signatures[-1].who == visit.person.user,
        error=error,
        told=visit.typed("told"),
        typed={name: visit.typed(name) for name in visit.form},
    )


@router.post(f"{LIST}/{{period}}/{{account}}/underskriv")
def sign(visit: MaySign, period: str, account: str) -> Response:
    """Sign as preparer."""
    book = visit.console.parts.signatures

    def do(row: AccountRow) -> None:
        words = Words(
            reason=visit.typed("reason"),
            explanation=visit.typed("explanation"),
            expected=day_of(visit.typed("expected")),
        )
        if not row.can_be_signed:
            raise SignatureError("SIG-006", account=row.account.id)
        prepare(book, _with_figures(visit, row), words, seen=_seen(visit), by=visit.person, now=visit.now)

    return _act(visit, period, account, do)


@router.post(f"{LIST}/{{period}}/{{account}}/godkend")
def sign_off(visit: MaySignOff, period: str, account: str) -> Response:
    """Sign as the second person, who has just proved who they are."""
    book, seen = visit.console.parts.signatures, _seen(visit)

    def do(row: AccountRow) -> None:
        prove(visit)
        approve(book, _signed(row), seen=seen, by=visit.person, now=visit.now)

    return _act(visit, period, account, do)


@router.post(f"{LIST}/{{period}}/{{account}}/genaabn")
def open_again(visit: MaySignOff, period: str, account: str) -> Response:
    """Unlock an account's month, for a reason."""
    book, why, seen = visit.console.parts.signatures, visit.typed("why"), _seen(visit)
    return _act(
        visit,
        period,
        account,
        lambda row: reopen(book, _signed(row), why, seen=seen, by=visit.person, now=visit.now),
    )


def _act(visit: Visit, period: str, account: str, do: Callable[[AccountRow], None]) -> Response:
    row = _row(visit, period, account)
    try:
        do(row)
    except (AccountError, SignatureError) as error:
        told = sentence_of(error, visit.texts)
        return _paper(visit, _row(visit, period, account), error=told, status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"{LIST}/{period}/{account}?told=saved", SEE_OTHER)


def _seen(visit: Visit) -> Seen:
    """What the paper showed whose form was sent; a form that does not say so has shown nothing."""
    signatures = small_number(visit.typed("signatures"))
    return Seen(signatures=-1 if signatures is None else signatures, run_id=visit.typed("run"))


def _with_figures(visit: Visit, row: AccountRow) -> Account:
    """What a preparer signs: the run's figures, or those that the person gives of an account of their own."""
    if row.by_robot:
        return row.account
    try:
        amount = abs(parse_amount(visit.typed("open_amount"))) if visit.typed("open_amount") else 0
    except AmountError:
        raise SignatureError("SIG-009", found=visit.typed("open_amount")) from None
    return Account(
        id=row.account.id, period=row.account.period, open_count=int(amount != 0), open_amount=amount
    )


def _signed(row: AccountRow) -> Account:
    """The account with the figures that the preparer has signed."""
    if row.by_robot or not row.signatures:
        return row.account
    last = row.signatures[-1]
    return Account(
        id=last.account, period=last.period, open_count=last.open_count, open_amount=last.open_amount
    )


def rows_of(console: Console, period: str, texts: Texts, *, only: str = "") -> list[AccountRow]:
    """The accounts of a month, or only one of them: those that robots reconcile, and those of persons."""
    signed: dict[str, list[Signature]] = {}
    for one in console.parts.signatures.of_period(period):
        signed.setdefault(one.account, []).append(one)
    robots = [one for one in bootstrap.robots(console.office) if only in ("", one.id)]
    runs = console.parts.view.standing_each([robot.id for robot in robots], period)
    robots = [one for one in robots if one.id in signed or _is_to_sign(one, runs.get(one.id))]
    ids = [runs[robot.id].run_id for robot in robots if robot.id in runs]
    opened = console.parts.cases.ageing(ids, CaseFilter(state=None))
    rows = []
    for robot in robots:
        run = runs.get(robot.id)
        sums = total(opened.get(run.run_id, ()) if run else ())
        rows.append(
            AccountRow(
                account=_account(robot.id, period, run, sums),
                title=robot_title(robot, texts),
                who=robot.people.controller_group,
                run=run,
                oldest=sums.oldest,
                state=sign_state(signed.get(robot.id, [])),
                signatures=signed.get(robot.id, []),
                by_robot=True,
            )
        )
    return rows + [
        AccountRow(
            account=Account(id=one.id, period=period),
            title=one.title.get(str(texts.language)) or one.title.get("da", one.id),
            who=one.person,
            run=None,
            oldest=None,
            state=sign_state(signed.get(one.id, [])),
            signatures=signed.get(one.id, []),
            by_robot=False,
        )
        for one in console.office.accounts
        if only in ("", one.id)
    ]


def _is_to_sign(robot: Robot, run: Run | None) -> bool:
    """Whether a robot's month is signed: it reconciles an account, or has worked in production."""
    return is_account(robot) or (run is not None and run.environment is Environment.PRODUCTION)


def _account(robot: str, period: str, run: Run | None, sums: CaseSums) -> Account:
    return Account(
        id=robot,
        period=period,
        run_id=run.run_id if run else "",
        open_count=sums.count,
        open_amount=sums.amount,
        unexplained=run.unexplained if run else 0,
    )


def _row(visit: Visit, period: str, account: str) -> AccountRow:
    """One account of a month.

    Raises:
        HTTPException: 404, there is none.
    """
    rows = rows_of(visit.console, _known(period), visit.texts, only=account)
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return rows[0]


def _months(last: str) -> list[str]:
    """The last months, newest first."""
    months = [last]
    while len(months) < MONTHS_SHOWN:
        months.append(previous_period(months[-1]))
    return months


def _known(period: str) -> str:
    if not is_period(period):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return period
