"""gevinst console: the console on an address."""

import ipaddress
import os
import socket
import sys

import click
import uvicorn

from gevinst import bootstrap
from gevinst.app.accounts import make_setup_code
from gevinst.app.office import ConfigurationError
from gevinst.runner.orphan import end_with_parent
from gevinst.texts import Texts
from gevinst.web.app import create_app
from gevinst.web.console import Console, open_console
from gevinst.web.door import SETUP

PORT = 8765
MOST_CONNECTIONS = 500  # beyond them the server answers 503 at once; a hundred at most watch runs
SECONDS_TO_END = 3  # a browser that follows a run holds its connection for an hour


def _help(key: str) -> str:
    return Texts(bootstrap.language()).get(f"cli.{key}")


@click.command("console", help=_help("console.help"))
@click.option("--host", default="127.0.0.1", show_default=True, help=_help("console.host"))
@click.option(
    "--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help=_help("console.port")
)
@click.option("--url", default="", help=_help("console.url"))
@click.option("--with-parent", is_flag=True, hidden=True)
def console(*, host: str, port: int, url: str, with_parent: bool) -> None:
    """Serve the console until Ctrl-C; as a child, also until its parent is gone."""
    if with_parent:
        end_with_parent()
    office = bootstrap.office()
    url = url or office.console.url
    check_address(host, url)
    check_free(host, port)
    opened = open_console(office, url=url)
    click.echo(greeting(opened, host, port), err=True)
    config = uvicorn.Config(
        create_app(opened),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        access_log=False,
        proxy_headers=bool(url),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    server = uvicorn.Server(config)
    server.run()
    sys.exit(0 if server.started else 1)


def check_address(host: str, url: str) -> None:
    """Refuse to listen where others can reach the console without TLS.

    Raises:
        ConfigurationError: CON-001 beyond loopback without an https address; CON-002 the address is none.
    """
    if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ConfigurationError("CON-002", url=url)
    if not _is_loopback(host) and not url.startswith("https://"):
        raise ConfigurationError("CON-001", host=host)


def check_free(host: str, port: int) -> None:
    """Refuse an address that is taken, before anybody is told that the console is there.

    Raises:
        ConfigurationError: CON-003 something else listens there, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        if os.name != "nt":  # as the server asks for it: a port that was just let go is free
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise ConfigurationError("CON-003", host=host, port=port) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def greeting(opened: Console, host: str, port: int) -> str:
    """What the one who starts it is told: the address, and the link for the first administrator."""
    texts = Texts(bootstrap.language())
    shown_host = f"[{host}]" if ":" in host else host
    address = opened.url.rstrip("/") or f"http://{shown_host}:{port}"
    code = make_setup_code(opened.door.book, opened.now())
    if code:
        return texts.get("console.first", address=address, link=f"{address}{SETUP}?kode={code}")
    return texts.get("console.at", address=address)
