"""The API for programs: tokens, runs, work, results, open data; and that no request breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from gevinst.app.accounts import make_token, revoke_token
from gevinst.domain.access import Role
from gevinst.domain.account import hash_of
from gevinst.web.app import PUBLIC, create_app, routes_of
from gevinst.web.console import Console
from gevinst.web.pages import api
from runs import a_run, kept
from web.offices import ADDRESS, IT, reader

WANTED = {"robot": "hovedkonto", "period": "2026-10", "trial": True}


@dataclass(frozen=True)
class Program:
    """A program with a token."""

    client: TestClient
    key: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}", **more}

    def get(self, path: str) -> Response:
        response: Response = self.client.get(f"/api/v1{path}", headers=self.headers())
        return response

    def ask(self, wanted: Mapping[str, Any], key: str = "wish-0001") -> Response:
        headers = self.headers(**{"idempotency-key": key})
        response: Response = self.client.post("/api/v1/runs", json=wanted, headers=headers)
        return response


def program(console: Console, *roles: Role, lasts: timedelta = timedelta(days=1)) -> Program:
    key = make_token(console.door.book, by=IT, name="Prøve", roles=roles, lasts=lasts, now=console.now())
    return Program(client=TestClient(create_app(console), base_url=ADDRESS), key=key)


@pytest.mark.parametrize("route", list(routes_of([api.router])), ids=lambda route: route.path)
def test_every_route_needs_a_token_or_is_open_data(route: Any) -> None:
    gates = [one for one in route.dependant.dependencies if isinstance(one.call, api.TokenGate)]
    public = "/open-data" in route.path or route.path.endswith("openapi.json")

    assert len(gates) == (0 if public else 1)
    assert route.path not in PUBLIC


def test_a_run_is_asked_for_once_whatever_happens_on_the_way(console: Console) -> None:
    operator = program(console, Role.OPERATOR)

    first, again = operator.ask(WANTED), operator.ask(WANTED)

    assert first.status_code == 202
    assert first.json()["new"] is True
    assert first.json()["state"] == "queued"
    assert again.json() == {**first.json(), "new": False}
    assert len(console.parts.queue.tickets()) == 1
    noted = console.parts.runs.audit_of(["run.requested"])
    assert [row.who for row in noted] == ["token:Prøve"]
    assert operator.get(f"/runs/{first.json()['run_id']}").json()["trigger"] == "api"


def test_a_token_does_only_what_its_roles_may(console: Console) -> None:
    developer = program(console, Role.DEVELOPER)

    assert developer.get("/runs").status_code == 200
    assert developer.get("/work").status_code == 403
    assert developer.ask(WANTED).status_code == 403
    assert developer.ask(WANTED).json()["error"] == "not_allowed"


def test_a_token_that_is_unknown_expired_or_revoked_opens_nothing(console: Console) -> None:
    good = program(console, Role.AUDITOR, lasts=timedelta(hours=1))
    later = console.now() + timedelta(hours=2)
    expired = replace(console, now=lambda: later)

    unknown = Program(client=good.client, key="x" * 43).get("/runs")
    over = Program(client=TestClient(create_app(expired), base_url=ADDRESS), key=good.key).get("/runs")
    revoke_token(console.door.book, by=IT, key_hash=hash_of(good.key), now=console.now())

    for refused in (unknown, over, good.get("/runs"), good.client.get("/api/v1/runs")):
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.json()["error"] == "token"


def test_a_cookie_opens_no_api(console: Console) -> None:
    someone = reader(console, "everything")

    assert someone.get("/api/v1/runs").status_code == 401


def test_runs_come_page_by_page(console: Console) -> None:
    for number in range(60):
        kept(console.parts.runs, a_run(f"run-{number:03}", after=number))
    auditor = program(console, Role.AUDITOR)

    first = auditor.get("/runs").json()
    second = auditor.client.get(
        "/api/v1/runs", params={"after": first["after"]}, headers=auditor.headers()
    ).json()

    ids = [one["run_id"] for page in (first, second) for one in page["runs"]]
    assert ids == [f"run-{number:03}" for number in reversed(range(60))]
    assert second["after"] == ""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/runs/none", 404),
        ("/runs/none/result", 404),
        ("/runs?after=nonsense", 422),
        ("/runs?after=2026-01-01", 422),
        ("/runs?state=dancing", 422),
        ("/work?after=2026-01-01~a~b", 422),
        ("/open-data/koersler", 404),
        ("/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_told_as_json(console: Console, path: str, status: int) -> None:
    answer = program(console, Role.AUDITOR).get(path)

    assert answer.status_code == status
    assert set(answer.json()) == {"error", "title", "detail", "do"}


def test_a_wrong_value_is_named_and_not_repeated(console: Console) -> None:
    answer = program(console, Role.OPERATOR).ask({"robot": "hovedkonto", "period": "070761-4285"})

    assert answer.status_code == 422
    assert "body.period" in answer.json()["detail"]
    assert "070761" not in answer.text


def test_an_unknown_robot_is_not_found(console: Console) -> None:
    assert program(console, Role.OPERATOR).ask({**WANTED, "robot": "findes-ikke"}).status_code == 404


def test_no_request_that_the_description_allows_or_forbids_breaks_it(console: Console) -> None:
    """Schemathesis makes requests from the description, right and wrong ones."""
    kept(console.parts.runs, a_run("run-1"))
    here = replace(console, url="http://testserver")
    caller = program(here, *Role)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(here))
    seen = 0

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate(
                headers=caller.headers(), checks=[not_a_server_error, response_schema_conformance]
            )

        holds()
        seen += 1

    assert seen == 8
