"""A sign of life for a monitor: the console answers, and so does its database. It says nothing else."""

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from gevinst.web.console import Console

router = APIRouter()


@router.get("/livstegn")
def sign_of_life(request: Request) -> Response:
    """`ok` when the database answers."""
    console: Console = request.app.state.console
    console.parts.runs.list(limit=1)
    return PlainTextResponse("ok")
