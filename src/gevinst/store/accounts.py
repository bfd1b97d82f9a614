"""Accounts, sessions and tokens in a database; each change with its row of the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, func, insert, or_, select, update

from gevinst.domain.access import Role
from gevinst.domain.account import SESSION_IDLE, SESSION_LONGEST, WRONG_ALLOWED, Account, ApiToken, Session
from gevinst.domain.audit import AuditEvent
from gevinst.store import trail
from gevinst.store.account_schema import account, api_token, session, setup_code, wrong_password
from gevinst.store.engine import Database

_SESSION = tuple(field.name for field in fields(Session))
#: An address from which many people come (an office behind one router) has this many times the patience.
_ADDRESS_SHARE = 5


class SqlAccountBook:
    """See app.accounts.AccountBook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def account(self, user: str) -> Account | None:
        """See AccountBook."""
        with self._database.reading() as connection:
            row = connection.execute(select(account).where(account.c.user == user)).mappings().one_or_none()
        return _account_of(row) if row else None

    def accounts(self) -> Sequence[Account]:
        """See AccountBook."""
        with self._database.reading() as connection:
            return [_account_of(row) for row in connection.execute(_by_user()).mappings()]

    def add_account(self, new: Account, event: AuditEvent, *, only_if_first: bool = False) -> bool:
        """See AccountBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            users = set(connection.execute(select(account.c.user)).scalars())
            if new.user in users or (only_if_first and users):
                return False
            connection.execute(insert(account), _account_row(new))
            trail.append(connection, event)
            return True

    def change_account(self, changed: Account, event: AuditEvent) -> None:
        """See AccountBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(
                update(account).where(account.c.user == changed.user).values(_account_row(changed))
            )
            connection.execute(delete(session).where(session.c.user == changed.user))
            trail.append(connection, event)

    def open_session(self, opened: Session, event: AuditEvent, *, in_place_of: str = "") -> None:
        """See AccountBook. Sessions that are over are removed."""
        over = session.c.opened < opened.opened - SESSION_LONGEST
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(delete(session).where(or_(over, session.c.key_hash == in_place_of)))
            connection.execute(insert(session), {name: getattr(opened, name) for name in _SESSION})
            trail.append(connection, event)

    def session(self, key_hash: str) -> Session | None:
        """See AccountBook."""
        query = select(session).where(session.c.key_hash == key_hash)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return Session(**{name: row[name] for name in _SESSION}) if row else None

    def touch_session(self, seen: Session) -> None:
        """See AccountBook."""
        kept = update(session).where(session.c.key_hash == seen.key_hash)
        with self._database.writing() as connection:
            connection.execute(kept.values(seen=seen.seen, proved=seen.proved))

    def close_sessions(self, user: str, event: AuditEvent, *, key_hash: str = "") -> int:
        """See AccountBook."""
        closing = delete(session).where(session.c.user == user)
        if key_hash:
            closing = closing.where(session.c.key_hash == key_hash)
        with self._database.writing(trail.TRAIL_TURN) as connection:
            trail.append(connection, event)
            return connection.execute(closing).rowcount

    def open_sessions(self, now: datetime) -> Mapping[str, int]:
        """See AccountBook."""
        goes_on = and_(
            session.c.half.is_(False),
            session.c.seen >= now - SESSION_IDLE,
            session.c.opened >= now - SESSION_LONGEST,
        )
        query = select(session.c.user, func.count()).where(goes_on).group_by(session.c.user)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def note_wrong(self, *, user: str, address: str, at: datetime, event: AuditEvent) -> None:
        """See AccountBook. What no longer counts is removed."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(delete(wrong_password).where(wrong_password.c.at < at - SESSION_LONGEST))
            connection.execute(insert(wrong_password), {"user": user, "address": address, "at": at})
            trail.append(connection, event)

    def wrong_since(self, *, user: str, address: str, since: datetime) -> int:
        """See AccountBook. The greater of the account's from this address, and the address's share."""
        recent = and_(wrong_password.c.at >= since, wrong_password.c.address == address)
        of_user = func.count().filter(wrong_password.c.user == user)
        with self._database.reading() as connection:
            here, in_all = connection.execute(select(of_user, func.count()).where(recent)).one()
        return max(int(here), WRONG_ALLOWED if in_all >= WRONG_ALLOWED * _ADDRESS_SHARE else 0)

    def keep_setup_code(self, code_hash: str, expires: datetime) -> None:
        """See AccountBook."""
        with self._database.writing() as connection:
            connection.execute(delete(setup_code))
            connection.execute(insert(setup_code), {"code_hash": code_hash, "expires": expires})

    def take_setup_code(self, code_hash: str, now: datetime) -> bool:
        """See AccountBook. A code that is over goes with it."""
        fits = and_(setup_code.c.code_hash == code_hash, setup_code.c.expires > now)
        with self._database.writing() as connection:
            right = connection.execute(select(setup_code.c.code_hash).where(fits)).scalar() is not None
            over = or_(setup_code.c.code_hash == code_hash, setup_code.c.expires <= now)
            connection.execute(delete(setup_code).where(over))
            return right

    def add_token(self, token: ApiToken, event: AuditEvent) -> None:
        """See AccountBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            connection.execute(insert(api_token), vars(token) | {"roles": _roles_text(token.roles)})
            trail.append(connection, event)

    def token(self, key_hash: str) -> ApiToken | None:
        """See AccountBook."""
        query = select(api_token).where(api_token.c.key_hash == key_hash)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _token_of(row) if row else None

    def tokens(self) -> Sequence[ApiToken]:
        """See AccountBook."""
        query = select(api_token).order_by(api_token.c.made.desc(), api_token.c.key_hash)
        with self._database.reading() as connection:
            return [_token_of(row) for row in connection.execute(query).mappings()]

    def revoke_token(self, key_hash: str, event: AuditEvent) -> bool:
        """See AccountBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            revoking = update(api_token).where(api_token.c.key_hash == key_hash).values(revoked=True)
            if connection.execute(revoking).rowcount == 0:
                return False
            trail.append(connection, event)
            return True


def _by_user() -> Any:
    return select(account).order_by(account.c.user)


def _account_row(one: Account) -> dict[str, Any]:
    return vars(one) | {"roles": _roles_text(one.roles)}


def _account_of(row: RowMapping) -> Account:
    return Account(**{**row, "roles": _roles_of(row["roles"])})


def _token_of(row: RowMapping) -> ApiToken:
    return ApiToken(**{**row, "roles": _roles_of(row["roles"])})


def _roles_text(roles: frozenset[Role]) -> str:
    return ",".join(sorted(roles))


def _roles_of(text: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in text.split(","))
