"""Reconcile two files now: drop them, see what was recognised, correct it, run, and read the result."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from gevinst import bootstrap
from gevinst.app.office import ConfigurationError
from gevinst.app.two_files import (
    CHOICES,
    CORRECTIONS,
    ENDINGS,
    LARGEST,
    FileSide,
    Look,
    Pair,
    RobotWish,
    TwoFilesError,
    Upload,
)
from gevinst.domain.masking import mask_cpr
from gevinst.domain.period import is_period, period_of
from gevinst.texts import Texts
from gevinst.texts.findings import finding_sentence
from gevinst.web.door import SEE_OTHER
from gevinst.web.pages.runs import PAGE_CSP
from gevinst.web.rendering import page
from gevinst.web.trouble import sentence_of
from gevinst.web.visit import MayRun, Visit

LIST = "/to-filer"
LONGEST_ANSWER = 120  # characters
#: What is given back: the pages to be seen, the workbook to be kept.
PAGES = {"koersel.html": "text/html", "koersel.en.html": "text/html"}
WORKBOOK = "afstemning.xlsx"
ROBOT_FIELDS = (
    "id",
    "title",
    "process_owner",
    "benefit_owner",
    "controller_group",
    "schedule",
    "minutes",
    "period",
)
MOST_MINUTES = 480  # a working day for one payment

router = APIRouter()


@router.get(LIST)
def ask_files(visit: MayRun) -> Response:
    """Ask for two files, and list those of the last day."""
    return _ask_page(visit)


def _ask_page(visit: Visit, error: str = "") -> Response:
    return page(
        visit,
        "two_files",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        pairs=bootstrap.pair_shelf(visit.console.office).pairs(visit.person.user),
        error=error,
        endings=sorted(ENDINGS),
        megabytes=LARGEST // 1_000_000,
        sides=tuple(FileSide),
    )


@router.post(LIST)
def take_files(visit: MayRun) -> Response:
    """Keep two files, and show what is in them."""
    uploads = {side: one for side in FileSide if (one := _upload(visit, str(side)))}
    try:
        pair = bootstrap.pair_shelf(visit.console.office).keep(visit.person.user, uploads)
    except TwoFilesError as error:
        return _ask_page(visit, sentence_of(error, visit.texts))
    except OSError as error:
        return _ask_page(visit, visit.texts.get("error.TWO-009", cause=error.strerror or ""))
    return RedirectResponse(f"{LIST}/{pair.key}", SEE_OTHER)


def _upload(visit: Visit, name: str) -> Upload | None:
    sent = visit.upload(name)
    return Upload(name=sent.filename or "", content=sent.file.read(LARGEST + 1)) if sent else None


@router.get(f"{LIST}/{{key}}")
def recognised(visit: MayRun, key: str) -> Response:
    """What was recognised in the files, with a preview, and how to correct it."""
    return _recognised_page(visit, _known(visit, key))


def _recognised_page(visit: Visit, pair: Pair, error: str = "") -> Response:
    looks = {side: bootstrap.look_at(visit.console.office, pair, side) for side in FileSide}
    return page(
        visit,
        "two_files_seen",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        pair=pair,
        error=error,
        sides=[(side, looks[side], _facts(looks[side], visit.texts)) for side in FileSide],
        ready=all(look.ready for look in looks.values()),
        corrections=CORRECTIONS,
        choices=CHOICES,
    )


def _facts(look: Look, texts: Texts) -> Mapping[str, list[str]]:
    """What is to be told of a file, in words."""
    taken = [texts.get(one.because, **{"taken": one.taken, **one.facts}) for one in look.assumptions]
    return {
        "taken": [mask_cpr(sentence) for sentence in taken],
        "findings": [finding_sentence(one, texts) for one in look.findings],
        "wrong": [texts.get("two.wrong", value=value) for value in look.wrong.values()],
    }


@router.post(f"{LIST}/{{key}}/ret")
def correct(visit: MayRun, key: str) -> Response:
    """Keep what the person tells of the files."""
    pair = _known(visit, key)
    told = {side: {**_kept(visit, pair, side), **_answers(visit, side)} for side in FileSide}
    fresh = replace(
        pair,
        told={side: {name: value for name, value in one.items() if value} for side, one in told.items()},
        same_sign=visit.typed("same_sign") == "yes",
    )
    bootstrap.pair_shelf(visit.console.office).note(fresh)
    return RedirectResponse(f"{LIST}/{key}", SEE_OTHER)


def _kept(visit: Visit, pair: Pair, side: FileSide) -> dict[str, str]:
    """What was told before; nothing when the person begins anew."""
    return {} if visit.typed("forfra") else dict(pair.told.get(side, {}))


def _answers(visit: Visit, side: FileSide) -> dict[str, str]:
    """What the form says of a file: "" takes back what was told.

    An answer to a question goes before the choice of the same thing below it, which still says "as found".
    """
    if visit.typed("forfra"):
        return {}
    start = f"{side}."
    found = {name: visit.typed_list(name) for name in visit.form if name.startswith(start)}
    return {
        name.removeprefix(start): next((one.strip() for one in values if one.strip()), "")[:LONGEST_ANSWER]
        for name, values in found.items()
    }


@router.post(f"{LIST}/{{key}}/afstem")
def reconcile(visit: MayRun, key: str) -> Response:
    """Reconcile the files."""
    pair = _known(visit, key)
    looks = [bootstrap.look_at(visit.console.office, pair, side) for side in FileSide]
    if not all(look.ready for look in looks):
        return _recognised_page(visit, pair, visit.texts.get("two.not_ready"))
    try:
        with visit.console.reconciling.enter(visit.person.user):
            bootstrap.reconcile_bounded(visit.console.office, visit.console.parts, pair)
    except TwoFilesError as error:
        return _recognised_page(visit, pair, sentence_of(error, visit.texts))
    except OSError as error:
        told = visit.texts.get("error.TWO-009", cause=error.strerror or "")
        return _recognised_page(visit, pair, told)
    return RedirectResponse(f"{LIST}/{key}/resultat", SEE_OTHER)


@router.get(f"{LIST}/{{key}}/resultat")
def result(visit: MayRun, key: str) -> Response:
    """How it went."""
    pair = _known(visit, key)
    if not pair.outcome:
        return RedirectResponse(f"{LIST}/{key}", SEE_OTHER)
    language = str(visit.texts.language)
    return page(
        visit,
        "two_files_result",
        pair=pair,
        summary=pair.summary[language],
        sides=tuple(FileSide),
        has_workbook=(pair.result / WORKBOOK).is_file(),
        run_page="koersel.en.html" if language == "en" else "koersel.html",
    )


@router.get(f"{LIST}/{{key}}/robot")
def ask_robot(visit: MayRun, key: str) -> Response:
    """Ask what a robot needs besides the files."""
    return _robot_page(visit, _known(visit, key))


def _robot_page(visit: Visit, pair: Pair, error: str = "") -> Response:
    looks = [bootstrap.look_at(visit.console.office, pair, side) for side in FileSide]
    last = max((look.last for look in looks if look.last), default=visit.today)
    return page(
        visit,
        "two_files_robot",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        pair=pair,
        sides=tuple(FileSide),
        error=error,
        typed={name: visit.typed(name) for name in ROBOT_FIELDS},
        period=visit.typed("period") or period_of(last),
        corrected=any(pair.told.values()),
    )


@router.post(f"{LIST}/{{key}}/robot")
def make_robot(visit: MayRun, key: str) -> Response:
    """Write the robot's folder; it begins in trial, so that it delivers and credits nothing."""
    pair = _known(visit, key)
    looks = [bootstrap.look_at(visit.console.office, pair, side) for side in FileSide]
    if not all(look.ready for look in looks):
        return _recognised_page(visit, pair, visit.texts.get("two.not_ready"))
    try:
        wish = _wish(visit)
        bootstrap.make_robot(visit.console.office, visit.console.parts, pair, wish)
    except (TwoFilesError, ConfigurationError) as error:
        return _robot_page(visit, pair, sentence_of(error, visit.texts))
    except OSError as error:
        return _robot_page(visit, pair, visit.texts.get("error.TWO-009", cause=error.strerror or ""))
    return RedirectResponse(f"/robotter/{wish.id}", SEE_OTHER)


def _wish(visit: Visit) -> RobotWish:
    """What the person has answered.

    Raises:
        TwoFilesError: TWO-006 something is missing, TWO-007 the minutes are no number, TWO-008 no month.
    """
    told = {name: " ".join(visit.typed(name).split()) for name in ROBOT_FIELDS}
    if not all(told[name] for name in ROBOT_FIELDS if name != "schedule"):
        raise TwoFilesError("TWO-006")
    if not is_period(told["period"]):
        raise TwoFilesError("TWO-008", found=told["period"])
    try:
        minutes = Decimal(told["minutes"].replace(",", "."))
    except InvalidOperation:
        minutes = Decimal(0)
    if not 0 < minutes <= MOST_MINUTES:
        raise TwoFilesError("TWO-007", found=told["minutes"])
    return RobotWish(minutes=minutes, **{name: told[name] for name in ROBOT_FIELDS if name != "minutes"})


@router.get(f"{LIST}/{{key}}/filer/{{name}}")
def file(visit: MayRun, key: str, name: str) -> Response:
    """A page of the result in an origin of its own, or the workbook."""
    path = _known(visit, key).result / name
    if name not in {*PAGES, WORKBOOK} or not path.is_file():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if name == WORKBOOK:
        return FileResponse(path, filename=name, content_disposition_type="attachment")
    return FileResponse(path, media_type=PAGES[name], headers={"content-security-policy": PAGE_CSP})


def _known(visit: Visit, key: str) -> Pair:
    """The person's own files.

    Raises:
        TwoFilesError: TWO-005 they are gone, or another's.
    """
    pair = bootstrap.pair_shelf(visit.console.office).find(visit.person.user, key)
    if pair is None:
        raise TwoFilesError("TWO-005")
    return pair
