"""Telling people of an alarm: by a hook that a chat or an operations system listens to, and by mail."""

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

SECONDS_TO_ANSWER = 10
HOOK_SETTING = "GEVINST_ALARM_HOOK"
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

    hook: str = ""  #: https address; a secret, never shown
    mail_to: str = ""
    smtp: str = ""  #: host:port of a server that offers STARTTLS
    sender: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> "Notifier":
        """From the environment."""
        return cls(
            hook=settings.get(HOOK_SETTING, ""),
            mail_to=settings.get(MAIL_SETTING, ""),
            smtp=settings.get(SMTP_SETTING, ""),
            sender=settings.get(SENDER_SETTING, ""),
        )

    def send(self, notice: Notice) -> bool:
        """Whether someone has taken it; what fails is sent again later by the caller."""
        sent = [send(notice) for send, wanted in ((self._post, self.hook), (self._mail, self.smtp)) if wanted]
        return any(sent)

    def _post(self, notice: Notice) -> bool:
        body = json.dumps({"text": f"{notice.subject}\n{notice.text}"}).encode()
        request = urllib.request.Request(  # noqa: S310 - the office's own setting
            self.hook, data=body, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER):  # noqa: S310 - as above
                return True
        except (OSError, ValueError):
            return False

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
