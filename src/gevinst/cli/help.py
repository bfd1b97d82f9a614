"""Help texts of the commands from the catalogue."""

from gevinst.cli import language
from gevinst.texts import Texts


def help_text(key: str) -> str:
    """The help of a command or an option in the user's language."""
    return Texts(language()).get(f"cli.{key}")
