"""The parts of the console that it does not share with the commands."""

from typing import TYPE_CHECKING

from gevinst.app.accounts import Door

if TYPE_CHECKING:
    from gevinst.store.opening import StoreParts


def door(opened: "StoreParts") -> Door:
    """What signing in needs: the accounts in the database, and Argon2."""
    from gevinst.store.passwords import Argon2Passwords  # noqa: PLC0415 - only the console needs it

    return Door(book=opened.accounts, passwords=Argon2Passwords())
