"""Words of mail: nothing leaves by a server that does not encrypt."""

import smtplib
import ssl

from robot.api.deco import keyword, library

SECONDS_TO_ANSWER = 20


class MailNotSafeError(AssertionError):
    """The mail server offers no encryption that can be trusted; shown without a traceback."""

    ROBOT_SUPPRESS_NAME = True


@library(scope="GLOBAL", version="0.1.0")
class mail:  # noqa: N801 - Robot Framework finds a library by its module's name
    """Checks before a mail is sent; RPA.Email.ImapSmtp goes on without encryption after a warning."""

    @keyword
    def mail_server_should_encrypt(self, server: str, port: int = 587) -> None:
        """Fails when the server does not offer STARTTLS with a certificate that is trusted for its name."""
        try:
            with smtplib.SMTP(server, port, timeout=SECONDS_TO_ANSWER) as connection:
                connection.starttls(context=ssl.create_default_context())
        except (smtplib.SMTPException, ssl.SSLError) as error:
            raise MailNotSafeError(
                f"{server}:{port} offers no trusted STARTTLS ({type(error).__name__})"
            ) from None
