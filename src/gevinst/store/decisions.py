"""Decisions and file profiles on a connection; who decides holds the turn of the audit trail."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from gevinst.app.ports import DecidedMeanwhileError, KeptProfile
from gevinst.domain.decision import Decision, audit_event
from gevinst.domain.file_profile import FileProfile, profile_from
from gevinst.store import trail
from gevinst.store.schema import decision as table

_IDS = ("left", "right")
_COLUMNS = tuple(field.name for field in fields(Decision))


def add(connection: Connection, decision: Decision, *, seen: int) -> Decision:
    """Number the decision, write it, and note it in the audit trail."""
    of_robot = select(func.coalesce(func.max(table.c.number), 0)).where(table.c.robot == decision.robot)
    last = int(connection.execute(of_robot).scalar_one())
    if last != seen:
        raise DecidedMeanwhileError(robot=decision.robot, number=last)
    newest = select(func.coalesce(func.max(table.c.number), 0))
    numbered = replace(decision, number=int(connection.execute(newest).scalar_one()) + 1)
    connection.execute(insert(table), row_of(numbered))
    trail.append(connection, audit_event(numbered))
    return numbered


def of_robot(connection: Connection, robot: str) -> list[Decision]:
    """The robot's decisions by number."""
    query = select(table).where(table.c.robot == robot).order_by(table.c.number)
    return [decision_of(row) for row in connection.execute(query).mappings()]


def row_of(decision: Decision) -> dict[str, Any]:
    """A decision's columns; item ids as a JSON list, since an id may hold any sign."""
    values = {name: getattr(decision, name) for name in _COLUMNS}
    return values | {name: json.dumps(values[name], ensure_ascii=False) for name in _IDS}


def decision_of(row: RowMapping) -> Decision:
    """A decision from its row."""
    values: Mapping[str, Any] = {name: row[name] for name in _COLUMNS}
    return Decision(**{**values, **{name: tuple(json.loads(row[name])) for name in _IDS}})


def profile_row(profile: FileProfile) -> dict[str, str]:
    """A profile's columns."""
    return {
        "source": profile.source,
        "profile": json.dumps(profile.as_values(), ensure_ascii=False, sort_keys=True),
    }


def kept_profile_of(row: RowMapping) -> KeptProfile:
    """A profile with its run's period, from its row."""
    return KeptProfile(period=row["period"], profile=profile_from(json.loads(row["profile"])))
