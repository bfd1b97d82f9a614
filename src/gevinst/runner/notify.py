"""Telling people of an alarm: by a hook that a chat or an operations system listens to, and by mail."""

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Any

SECONDS_TO_ANSWER = 10
HOOK_SETTING = "GEVINST_ALARM_HOOK"
TEAMS_SETTING = "GEVINST_TEAMS_HOOK"
MAIL_SETTING = "GEVINST_ALARM_MAIL"
SMTP_SETTING = "GEVINST_SMTP"
SENDER_SETTING = "GEVINST_MAIL_FROM"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is told: no amounts, no names, no text from files."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """Sends notices by what is set up; nothing is sent where nothing is."""

    hook: str = field(default="", repr=False)  #: https address; a secret, never shown
    teams: str = field(default="", repr=False)  #: address of a Teams workflow; a secret too
    mail_to: str = ""
    smtp: str = ""  #: host:port of a server that offers STARTTLS
    sender: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Notifier":
        """From the environment."""
        return cls(
            hook=settings.get(HOOK_SETTING, ""),
            teams=settings.get(TEAMS_SETTING, ""),
            mail_to=settings.get(MAIL_SETTING, ""),
            smtp=settings.get(SMTP_SETTING, ""),
            sender=settings.get(SENDER_SETTING, ""),
        )

    def send(self, notice: Notice) -> bool:
        """Whether someone has taken it; what fails is sent again later by the caller."""
        mail = self.smtp and self.mail_to
        ways = ((self._post, self.hook), (self._post_card, self.teams), (self._mail, mail))
        return sum(send(notice) for send, wanted in ways if wanted) > 0  # all ways are tried

    def mail(self, notice: Notice, to: str) -> bool:
        """Send to one person; False when mail is not set up, or the server has not taken it."""
        return bool(self.smtp) and replace(self, mail_to=to)._mail(notice)  # noqa: SLF001 - our own kind

    def _post(self, notice: Notice) -> bool:
        return _posted(self.hook, {"text": f"{notice.subject}\n{notice.text}"})

    def _post_card(self, notice: Notice) -> bool:
        return _posted(self.teams, teams_card(notice))

    def _mail(self, notice: Notice) -> bool:
        message = EmailMessage()
        message["Subject"], message["To"], message["From"] = notice.subject, self.mail_to, self.sender
        message.set_content(notice.text)
        host, _, port = self.smtp.partition(":")
        try:
            with smtplib.SMTP(host, int(port or 587), timeout=SECONDS_TO_ANSWER) as server:
                server.starttls(context=ssl.create_default_context())
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError):
            return False
        return True


def teams_card(notice: Notice) -> dict[str, Any]:
    """A notice as a Teams workflow takes it, «When a Teams webhook request is received»: an adaptive card."""
    blocks = [
        {"type": "TextBlock", "text": notice.subject, "weight": "bolder", "wrap": True},
        {"type": "TextBlock", "text": notice.text, "wrap": True},
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [content]}


def _posted(address: str, content: object) -> bool:
    """Whether an address has taken a JSON content."""
    try:
        request = urllib.request.Request(  # noqa: S310 - the office's own setting
            address, data=json.dumps(content).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER):  # noqa: S310 - as above
            return True
    except (OSError, ValueError):
        return False
