"""Mail is not sent through a server that does not encrypt; a real server on loopback answers."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from gevinst.keywords.mail import MailNotSafeError, mail


class PlainServer(socketserver.StreamRequestHandler):
    """An SMTP server that knows no STARTTLS."""

    def handle(self) -> None:
        self.wfile.write(b"220 plain\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(
                b"250 plain\r\n" if line.upper().startswith((b"EHLO", b"HELO")) else b"502 no\r\n"
            )


@pytest.fixture
def plain_server() -> Iterator[tuple[str, int]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PlainServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.server_address[:2]
        yield str(host), int(port)
        server.shutdown()


def test_a_mail_server_without_encryption_is_refused_by_name(plain_server: tuple[str, int]) -> None:
    host, port = plain_server

    with pytest.raises(MailNotSafeError, match=f"{host}:{port} offers no trusted STARTTLS"):
        mail().mail_server_should_encrypt(host, port)
