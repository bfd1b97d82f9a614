"""A mail server on this machine that takes mail only after STARTTLS, for tests."""

import contextlib
import ipaddress
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Mailbox:
    """Takes mail and keeps it; refuses what `refused` names."""

    folder: Path
    refused: frozenset[str] = frozenset()
    mails: list[EmailMessage] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  #: what was said before STARTTLS
    address: str = ""

    def __enter__(self) -> Self:
        self.certificate = a_certificate(self.folder)
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):  # a client that trusts us not goes away
                    talk(self, box)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def talk(handler: socketserver.StreamRequestHandler, box: Mailbox) -> None:
    """As much SMTP as a client needs."""
    read, secure = handler.rfile, False
    write = handler.connection.sendall
    write(b"220 here\r\n")
    while line := read.readline().decode().strip():
        word = line.split(" ", maxsplit=1)[0].upper()
        if not secure:
            box.plain.append(line)
        if word == "EHLO":
            write(b"250-here\r\n250 STARTTLS\r\n" if not secure else b"250 here\r\n")
        elif word == "STARTTLS":
            write(b"220 go on\r\n")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(box.certificate)
            wrapped = context.wrap_socket(handler.connection, server_side=True)
            read, write, secure = wrapped.makefile("rb"), wrapped.sendall, True
        elif not secure and word in {"MAIL", "RCPT", "DATA"}:
            write(b"530 first STARTTLS\r\n")
        elif word == "RCPT" and any(one in line for one in box.refused):
            write(b"550 no\r\n")
        elif word == "DATA":
            write(b"354 go on\r\n")
            body = b""
            while (part := read.readline()) != b".\r\n":
                body += part
            box.mails.append(message_from_bytes(body, policy=policy.default))
            write(b"250 taken\r\n")
        elif word == "QUIT":
            write(b"221 bye\r\n")
            return
        else:
            write(b"250 well\r\n")


def a_certificate(folder: Path) -> Path:
    """A certificate for this machine with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file
