"""Gain cards, measurements, answers, and sums over the ledger, in a database."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, insert, select

from gevinst.domain.gain_records import (
    GainError,
    GainSum,
    KeptCard,
    LedgerHole,
    LedgerSeal,
    Measurement,
    QuarterAnswer,
    answer_event,
    card_event,
    measurement_event,
)
from gevinst.store import trail, witness
from gevinst.store.engine import Database
from gevinst.store.gain_schema import gain_answer, gain_card, gain_measurement
from gevinst.store.ledger import minutes_of
from gevinst.store.schema import gain

_CARD = tuple(field.name for field in fields(KeptCard))
_MEASUREMENT = tuple(field.name for field in fields(Measurement))
_ANSWER = tuple(field.name for field in fields(QuarterAnswer))


class SqlGainBook:
    """Keeps what is known of gains beside the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_card(self, card: KeptCard) -> bool:
        """See GainBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            newest = _of(gain_card, card.robot).order_by(None).order_by(gain_card.c.number.desc()).limit(1)
            before = connection.execute(newest).mappings().one_or_none()
            if before and before["version"] == card.version:
                return False
            numbered = replace(card, number=_next(connection, gain_card))
            content = json.dumps(dict(card.content), ensure_ascii=False, sort_keys=True)
            connection.execute(insert(gain_card), _values(numbered, _CARD) | {"content": content})
            witness.append(connection, card_event(numbered), gain_card)
            return True

    def cards(self, robot: str) -> Sequence[KeptCard]:
        """See GainBook."""
        return [_card_of(row) for row in self._rows(_of(gain_card, robot))]

    def keep_measurement(self, one: Measurement) -> Measurement:
        """See GainBook."""
        with self._database.writing(trail.TRAIL_TURN) as connection:
            numbered = replace(one, number=_next(connection, gain_measurement))
            minutes = json.dumps([int(value.scaleb(2)) for value in one.minutes])
            connection.execute(
                insert(gain_measurement), _values(numbered, _MEASUREMENT) | {"minutes": minutes}
            )
            witness.append(connection, measurement_event(numbered), gain_measurement)
            return numbered

    def measurements(self, robot: str) -> Sequence[Measurement]:
        """See GainBook."""
        return [_measurement_of(row) for row in self._rows(_of(gain_measurement, robot))]

    def keep_answer(self, answer: QuarterAnswer, *, seen: int) -> QuarterAnswer:
        """See GainBook."""
        same = (gain_answer.c.robot == answer.robot, gain_answer.c.quarter == answer.quarter)
        with self._database.writing(trail.TRAIL_TURN) as connection:
            newest = select(func.coalesce(func.max(gain_answer.c.number), 0)).where(*same)
            last = int(connection.execute(newest).scalar_one())
            if last != seen:
                raise GainError("GAI-008", robot=answer.robot, quarter=answer.quarter, number=last)
            numbered = replace(answer, number=_next(connection, gain_answer))
            hundredths = {name: int(getattr(answer, name).scaleb(2)) for name in ("minutes", "planned")}
            connection.execute(insert(gain_answer), _values(numbered, _ANSWER) | hundredths)
            witness.append(connection, answer_event(numbered), gain_answer)
            return numbered

    def answers(self, robot: str | None = None) -> Sequence[QuarterAnswer]:
        """See GainBook."""
        query = select(gain_answer).order_by(gain_answer.c.number)
        return [_answer_of(row) for row in self._rows(query if robot is None else _of(gain_answer, robot))]

    def sums(self) -> Sequence[GainSum]:
        """See GainBook."""
        by = (gain.c.robot, gain.c.period, gain.c.case_type, gain.c.card_version)
        counted = func.sum(gain.c.sign).label("items")
        minutes = func.sum(gain.c.sign * gain.c.hundredths).label("minutes")
        rows = self._rows(select(*by, counted, minutes).group_by(*by).order_by(*by))
        return [
            GainSum(**{**row, "items": int(row["items"]), "minutes": minutes_of(int(row["minutes"]))})
            for row in rows
        ]

    def seal(self, robot: str, periods: Sequence[str]) -> LedgerSeal:
        """See GainBook."""
        names = ("entry", "item_key", "sequence", "period", "case_type", "card_version", "run_id", "sign")
        query = select(*(gain.c[name] for name in names), gain.c.hundredths)
        query = query.where(gain.c.robot == robot, gain.c.period.in_(periods)).order_by(gain.c.entry)
        digest, count = hashlib.sha256(), 0
        with self._database.reading() as connection:
            for row in connection.execute(query):
                digest.update(json.dumps(list(row), ensure_ascii=True).encode() + b"\n")
                count += 1
        return LedgerSeal(entries=count, sha256=digest.hexdigest())

    def holes(self) -> Sequence[LedgerHole]:
        """See GainBook."""
        before = func.lag(gain.c.sequence).over(partition_by=gain.c.item_key, order_by=gain.c.sequence)
        sign_before = func.lag(gain.c.sign).over(partition_by=gain.c.item_key, order_by=gain.c.sequence)
        steps = select(
            gain.c.robot,
            gain.c.item_key,
            gain.c.sequence,
            gain.c.sign,
            func.coalesce(before, 0).label("before"),
            func.coalesce(sign_before, 0).label("sign_before"),
        ).subquery()
        jumps = steps.c.sequence != steps.c.before + 1
        same_sign = (steps.c.sequence % 2 == 0) & (steps.c.sign == steps.c.sign_before)
        query = select(steps.c.robot, steps.c.item_key, (steps.c.before + 1).label("missing"))
        rows = self._rows(query.where(jumps | same_sign).order_by(steps.c.robot, steps.c.item_key))
        return [LedgerHole(**row) for row in rows]

    def last_moment(self) -> datetime | None:
        """See GainBook."""
        tables = (gain, gain_card, gain_measurement, gain_answer)
        with self._database.reading() as connection:
            found = [connection.execute(select(func.max(table.c.at))).scalar() for table in tables]
        return max((one for one in found if one is not None), default=None)

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        with self._database.reading() as connection:
            return connection.execute(query).mappings().all()


def _of(table: Table, robot: str) -> Select[Any]:
    return select(table).where(table.c.robot == robot).order_by(table.c.number)


def _next(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()) + 1


def _values(value: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _card_of(row: RowMapping) -> KeptCard:
    return KeptCard(**{**row, "content": json.loads(row["content"])})


def _measurement_of(row: RowMapping) -> Measurement:
    minutes = tuple(minutes_of(value) for value in json.loads(row["minutes"]))
    return Measurement(**{**row, "minutes": minutes})


def _answer_of(row: RowMapping) -> QuarterAnswer:
    minutes: dict[str, Decimal] = {name: minutes_of(row[name]) for name in ("minutes", "planned")}
    return QuarterAnswer(**{**row, **minutes})
