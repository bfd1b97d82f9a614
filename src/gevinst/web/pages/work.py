"""The work list, and what a person does with one case or with several alike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.accounts import AccountError
from gevinst.app.cases import (
    CASE_PAGE,
    CaseError,
    CaseFilter,
    CaseKey,
    Desk,
    ListedCase,
    agree,
    claim,
    note,
    release,
    settle,
    take_back,
    total,
    with_items,
)
from gevinst.app.closing import LIKELY, REASONS, Answer, Closing, Sides, closing_of, likely_day, wish_of
from gevinst.app.decisions import Wish
from gevinst.app.signing import is_locked
from gevinst.domain.case import CaseState
from gevinst.domain.decision import DecisionError
from gevinst.web.case_words import case_facts, cause_words, group_facts, list_facts, stood_facts
from gevinst.web.console import Console
from gevinst.web.desk import (
    LIST,
    asked_filter,
    desk_of,
    kept_filter,
    prove,
    robot_of,
    standing_ids,
)
from gevinst.web.door import SEE_OTHER
from gevinst.web.rendering import page
from gevinst.web.robots import robot_title
from gevinst.web.trouble import sentence_of
from gevinst.web.typed import day_of, small_number
from gevinst.web.visit import MayApprove, MayDecide, MaySeeItems, Visit

MOST_AT_ONCE = 200
GROUPS_SHOWN = 12
LEAST_ALIKE = 2

router = APIRouter()


@router.get(LIST)
def work_list(visit: MaySeeItems) -> Response:
    """The cases that wait, oldest first, by the filters of the address."""
    wanted, who = asked_filter(visit)
    runs = standing_ids(visit.console, wanted.robot)
    book = visit.console.parts.cases
    found = book.cases(runs, wanted, after=_after(visit), limit=CASE_PAGE + 1)
    groups = book.groups(runs, wanted)
    robots = bootstrap.robots(visit.console.office)
    return page(
        visit,
        "work",
        cases=[list_facts(one, visit.texts) for one in found[:CASE_PAGE]],
        more=_older(visit, found[CASE_PAGE - 1]) if len(found) > CASE_PAGE else "",
        sums=total(one.sums for one in groups),
        wanted=wanted,
        who=who,
        states=list(CaseState),
        titles={one.id: robot_title(one, visit.texts) for one in robots},
        groups=[group_facts(one, visit.texts) for one in groups if one.sums.count >= LEAST_ALIKE][
            :GROUPS_SHOWN
        ],
        alike=len(groups) == 1 and groups[0].sums.count >= LEAST_ALIKE,
        most=MOST_AT_ONCE,
        cause=cause_words(wanted, visit.texts) if wanted.cause else "",
        kept=kept_filter(visit),
        asked=urlencode(kept_filter(visit)),
        told=visit.typed("told"),
        hows=[how for how in Closing if how is not Closing.MATCH],
        reasons=REASONS,
        likely=LIKELY.get(wanted.cause),
        likely_day=_likely_day(visit, found),
    )


def _likely_day(visit: Visit, found: Sequence[ListedCase]) -> date | None:
    """The day that the list's cases are mostly settled by, when all are of one month."""
    periods = {one.case.period for one in found}
    return likely_day(periods.pop(), visit.today) if len(periods) == 1 else None


@router.get(f"{LIST}/naeste")
def next_case(visit: MaySeeItems) -> Response:
    """Go on within the filter from the case that was left or decided, and begin anew after the last."""
    after = _after(visit)
    for start in dict.fromkeys((after, None)):
        found = _next(visit, start)
        if found and found.case.key != visit.typed("after"):
            told = {name: visit.typed(name) for name in ("told", "was") if visit.typed(name)}
            return _to(visit, f"/{found.case.key}", **told)
    return _to(visit, told="done")


def _next(visit: Visit, after: CaseKey | None) -> ListedCase | None:
    """The first case after another: to do, one's own and then nobody's; else as the filter says."""
    wanted, _ = asked_filter(visit)
    runs, book = standing_ids(visit.console, wanted.robot), visit.console.parts.cases
    if wanted.state is CaseState.AWAITS_APPROVAL:
        return _of_another(visit, runs, wanted, after)
    holders = (visit.person.user, "") if wanted.state is CaseState.TO_DO else (wanted.claimed_by,)
    for holder in holders:
        found = book.cases(runs, replace(wanted, claimed_by=holder), after=after, limit=1)
        if found:
            return found[0]
    return None


def _of_another(
    visit: Visit, runs: Sequence[str], wanted: CaseFilter, after: CaseKey | None
) -> ListedCase | None:
    """The first case for the second person: nobody approves their own."""
    while found := visit.console.parts.cases.cases(runs, wanted, after=after):
        for one in found:
            if one.standing.claimed_by != visit.person.user:
                return one
        last = found[-1].case
        after = CaseKey(oldest=last.oldest, run_id=last.run_id, number=last.number)
    return None


def _to(visit: Visit, where: str = "", **told: object) -> Response:
    """Go to a page of the work, with the filter that the person works by."""
    asked = urlencode({**kept_filter(visit), **told})
    return RedirectResponse(f"{LIST}{where}?{asked}".removesuffix("?"), SEE_OTHER)


@router.get(f"{LIST}/{{key}}")
def one_case(visit: MaySeeItems, key: str) -> Response:
    """One case: both sides, why it is open, what it may be, and what can be decided."""
    return _case_page(visit, _found(visit.console, key))


def _case_page(visit: Visit, seen: ListedCase, *, error: str = "", status: int = HTTPStatus.OK) -> Response:
    console = visit.console
    robot = robot_of(console, seen)
    return page(
        visit,
        "case",
        status=status,
        **case_facts(seen, robot, console.parts, visit.texts),
        title=robot_title(robot, visit.texts),
        holds=seen.standing.claimed_by == visit.person.user,
        locked=is_locked(console.parts.signatures, seen.case.robot, seen.case.period),
        stale=_is_stale(console, seen),
        stood=stood_facts(seen.case, console, visit.texts),
        overdue=seen.standing.until is not None and seen.standing.until < visit.today,
        likely_day=likely_day(seen.case.period, visit.today),
        kept=kept_filter(visit),
        was=visit.typed("was"),
        prove=visit.session.must_prove_again(visit.now),
        told=visit.typed("told"),
        error=error,
        typed={name: visit.typed(name) for name in visit.form},
    )


def _is_stale(console: Console, seen: ListedCase) -> bool:
    """Whether the case's robot has run since, so that another run's cases wait."""
    standing = console.parts.view.standing(seen.case.robot)
    return standing is None or standing.run_id != seen.case.run_id


@router.post(f"{LIST}/samlet")
def several(visit: MayDecide) -> Response:
    """Do one thing with several cases; each is done or told why not."""
    alike = visit.typed("all") == "yes"
    chosen = _alike(visit) if alike else _ticked(visit)
    if alike and visit.typed("seen") != str(len(chosen)):  # a run or a person came between
        return _to(visit, told="moved")
    desks: dict[str, Desk] = {}
    done, refused = 0, ""
    for seen in chosen:
        try:
            _do_one(visit, _desk_of_many(visit, seen, desks), seen)
        except (CaseError, DecisionError) as error:
            refused = sentence_of(error, visit.texts)
        else:
            done += 1
    told = "none" if not chosen else ("some" if refused else "several")
    onward = {"cause": ""} if alike and not refused else {}  # all of the kind are done: show the others
    return _to(visit, **onward, told=told, done=done, of=len(chosen), why=refused)


def _ticked(visit: Visit) -> list[ListedCase]:
    return [_found(visit.console, key) for key in visit.typed_list("case")[:MOST_AT_ONCE]]


def _alike(visit: Visit) -> list[ListedCase]:
    """All cases of the filter, also those on later pages."""
    wanted, _ = asked_filter(visit)
    runs = standing_ids(visit.console, wanted.robot)
    return list(visit.console.parts.cases.cases(runs, wanted, limit=MOST_AT_ONCE))


def _desk_of_many(visit: Visit, seen: ListedCase, desks: dict[str, Desk]) -> Desk:
    """A desk that has read its run's items once."""
    run_id = seen.case.run_id
    if run_id not in desks:
        desks[run_id] = with_items(desk_of(visit, seen), run_id)
    return desks[run_id]


def _do_one(visit: Visit, desk: Desk, seen: ListedCase) -> None:
    if visit.typed("do") == "claim":
        claim(desk, seen)
    else:
        settle(desk, seen, _wish(visit, seen))


@router.post(f"{LIST}/{{key}}/overtag")
def claim_case(visit: MayDecide, key: str) -> Response:
    """Take the case."""
    return _act(visit, key, claim)


@router.post(f"{LIST}/{{key}}/frigiv")
def release_case(visit: MayDecide, key: str) -> Response:
    """Give the case back."""
    return _act(visit, key, release)


@router.post(f"{LIST}/{{key}}/note")
def write_note(visit: MayDecide, key: str) -> Response:
    """Write on the case, with a file perhaps."""
    upload = visit.upload("file")

    def write(desk: Desk, seen: ListedCase) -> None:
        if upload is None:
            note(desk, seen, visit.typed("text"))
            return
        kept = bootstrap.keep_attachment(visit.console.office, upload.filename or "", upload.file.read())
        note(desk, seen, visit.typed("text"), attachment=kept.sha256, name=kept.name)

    return _act(visit, key, write)


@router.get(f"{LIST}/{{key}}/filer/{{sha256}}")
def attached_file(visit: MaySeeItems, key: str, sha256: str) -> Response:
    """A file that someone attached to the case."""
    case = _found(visit.console, key).case
    events = visit.console.parts.cases.events(case.robot, case.subject)
    name = next((event.attachment_name for event in events if event.attachment == sha256), None)
    file = bootstrap.find_attachment(visit.console.office, sha256) if name else None
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(file, filename=name, content_disposition_type="attachment")


@router.post(f"{LIST}/{{key}}/afgoer")
def decide_case(visit: MayDecide, key: str) -> Response:
    """Settle the case, and go to the next."""
    return _act(visit, key, lambda desk, seen: settle(desk, seen, _wish(visit, seen)), onward=True)


@router.post(f"{LIST}/{{key}}/fortryd")
def undo_case(visit: MayDecide, key: str) -> Response:
    """Take the decision back."""
    return _act(visit, key, lambda desk, seen: take_back(desk, seen, visit.typed("reason")))


@router.post(f"{LIST}/{{key}}/godkend")
def approve_case(visit: MayApprove, key: str) -> Response:
    """Approve the decision as the second person, who has just proved who they are."""

    def approve(desk: Desk, seen: ListedCase) -> None:
        prove(visit)
        agree(desk, seen, visit.typed("reason"), decision=small_number(visit.typed("decision")) or 0)

    return _act(visit, key, approve, onward=visit.typed("state") == CaseState.AWAITS_APPROVAL)


def _act(
    visit: Visit, key: str, act: Callable[[Desk, ListedCase], object], *, onward: bool = False
) -> Response:
    """Do something with a case; what cannot be done is told on its page, with all that was typed."""
    seen = _found(visit.console, key)
    try:
        act(desk_of(visit, seen), seen)
    except (AccountError, CaseError, DecisionError) as error:
        told = sentence_of(error, visit.texts)
        return _case_page(visit, _found(visit.console, key), error=told, status=HTTPStatus.CONFLICT)
    if not onward:
        return _to(visit, f"/{key}", told="saved")
    return _to(visit, "/naeste", told="decided", was=key, after=key, after_day=seen.case.oldest)


def _wish(visit: Visit, seen: ListedCase) -> Wish:
    """What the form says.

    Raises:
        CaseError: CAS-006 something is missing in it.
    """
    closing = closing_of(visit.typed("how") or visit.typed("do"))
    answer = Answer(
        closing=closing,
        until=day_of(visit.typed("until")),
        **{name: visit.typed(name) for name in ("code", "account", "document", "text")},
    )
    sides = _chosen(visit, seen) if closing is Closing.MATCH else None
    return wish_of(answer, seen.case, visit.texts, who=visit.person.user, at=visit.now, sides=sides)


def _chosen(visit: Visit, seen: ListedCase) -> Sides:
    """The items that belong together: an alternative of a proposal, or the case's own with those ticked."""
    case = seen.case
    picked = visit.typed("alternative")
    chosen = small_number(picked)
    if chosen is not None and chosen < len(case.alternatives):
        return case.alternatives[chosen]
    extra = [one.partition(":") for one in visit.typed_list("with")]
    left = tuple(name for side, _, name in extra if side == "left")
    right = tuple(name for side, _, name in extra if side == "right")
    return case.left + left, case.right + right


def _found(console: Console, key: str) -> ListedCase:
    """A case by its key.

    Raises:
        HTTPException: 404, there is none.
    """
    run_id, _, number = key.rpartition(".")
    known = small_number(number)
    found = None if known is None else console.parts.cases.case(run_id, known)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _after(visit: Visit) -> CaseKey | None:
    run_id, _, number = visit.typed("after").rpartition(".")
    oldest = day_of(visit.typed("after_day"))
    known = small_number(number)
    if oldest is None or known is None:
        return None
    return CaseKey(oldest=oldest, run_id=run_id, number=known)


def _older(visit: Visit, last: ListedCase) -> str:
    kept = {name: value for name, value in visit.request.query_params.items() if not name.startswith("after")}
    asked = urlencode(kept | {"after": last.case.key, "after_day": last.case.oldest.isoformat()})
    return f"{LIST}?{asked}"
