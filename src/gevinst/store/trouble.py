"""What goes wrong with a database that was open: a full disk, a server that is gone."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from gevinst.app.ports import StorePlaceError


def database_trouble(error: Exception, url: str) -> StorePlaceError | None:
    """The driver's error as one that says what to do; None for any other error."""
    if not isinstance(error, OperationalError):
        return None
    shown = make_url(url).render_as_string(hide_password=True)
    return StorePlaceError(database=shown, cause=str(error.orig))
