"""The address that watches the installation is asked, and its silence is told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from gevinst.app.office import ConfigurationError
from gevinst.runner.ping import Ping, checked_url


class Monitor(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]]
    status = 200

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Location", "http://192.0.2.1/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def monitor() -> Iterator[tuple[str, type[Monitor]]]:
    """A monitor on this machine."""

    class Own(Monitor):
        asked: ClassVar[list[str]] = []

    server = HTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/ping/abc", Own
    server.shutdown()
    server.server_close()


def asked(url: str) -> list[str]:
    told: list[str] = []
    ping = Ping(url=url, failed=told.append)
    ping()
    ping.wait()
    return told


def test_the_address_is_asked(monitor: tuple[str, type[Monitor]]) -> None:
    url, own = monitor

    assert asked(checked_url(url)) == []
    assert own.asked == ["/ping/abc"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_answer_that_is_none_is_told_and_not_followed(
    monitor: tuple[str, type[Monitor]], status: int
) -> None:
    url, own = monitor
    own.status = status

    assert asked(url) == ["HTTPError"]


def test_silence_is_told_and_is_no_crash() -> None:
    assert asked("http://127.0.0.1:9/") == ["URLError"]


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "file:///etc/passwd", "ftp://localhost/x", "https://", "x"]
)
def test_only_https_or_this_machine_is_asked(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CFG-026"):
        checked_url(url)


def test_the_address_is_not_shown() -> None:
    assert "hemmelig" not in repr(Ping(url="https://monitor.example/hemmelig", failed=print))
