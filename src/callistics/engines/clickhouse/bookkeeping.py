"""What a commit stores besides records: kept answers, times of arrival, access keys."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from callistics.engines.base import KeptAnswer
from callistics.engines.clickhouse.access_keys import key_table, use_table
from callistics.engines.clickhouse.connection import Client
from callistics.model.instants import DAY
from callistics.model.keys import StoredKey
from callistics.records.columnar.row_codec import TIME

Insert = tuple[str, pa.Table]
"""A table's name, and rows to be inserted into it."""


class Bookkeeping:
    """Reads it, and collects what is to be inserted by a commit that began at `now` (µs).

    `arrived` is the newest time of arrival that was given out.
    """

    def __init__(self, client: Client, arrived: int, now: int) -> None:
        self._client = client
        self._now = now
        self.arrived = arrived
        self._keys: dict[str, StoredKey] = {}
        self._uses: dict[str, int] = {}
        self._answers: list[tuple[str, str, KeptAnswer]] = []

    def arrival(self, records: int) -> int:
        """The first of as many strictly increasing times of arrival (µs)."""
        first = max(self._now, self.arrived + 1)
        self.arrived = first + max(records, 1) - 1
        return first

    def kept_answer(self, key_id: str, idempotency_key: str) -> KeptAnswer | None:
        """The answer kept in the last 24 hours."""
        rows = self._client.query(
            "SELECT body_hash, status, hex(answer) FROM kept_answers "
            "WHERE key_id = {key:String} AND idempotency_key = {name:String} "
            "AND toUnixTimestamp64Micro(kept_at) > {since:Int64} ORDER BY kept_at DESC LIMIT 1",
            {"key": key_id, "name": idempotency_key, "since": self._now - DAY},
        ).result_rows
        if not rows:
            return None
        ((body_hash, status, answer),) = rows
        return KeptAnswer(body_hash, int(status), bytes.fromhex(answer))

    def keep_answer(self, key_id: str, idempotency_key: str, answer: KeptAnswer) -> None:
        """Keep an answer, once the records are written."""
        self._answers.append((key_id, idempotency_key, answer))

    def save_keys(self, keys: Iterable[StoredKey]) -> None:
        """Insert or replace access keys by id."""
        self._keys |= {key.id: key for key in keys}

    def save_uses(self, uses: Mapping[str, int]) -> None:
        """Store when keys were last used."""
        self._uses |= uses

    def kept(self) -> Iterator[Insert]:
        """What was collected, table by table."""
        if self._keys:
            yield "access_keys", key_table(self._keys.values(), self._now)
        if self._uses:
            yield "key_uses", use_table(self._uses)
        if self._answers:
            yield "kept_answers", _answer_table(self._answers, self._now)


def _answer_table(answers: Iterable[tuple[str, str, KeptAnswer]], now: int) -> pa.Table:
    found = list(answers)
    rows: dict[str, Any] = {
        "key_id": [key for key, _, _ in found],
        "idempotency_key": [name for _, name, _ in found],
        "body_hash": [kept.body_hash for _, _, kept in found],
        "status": pa.array([kept.status for _, _, kept in found], pa.uint16()),
        "answer": [kept.answer.decode() for _, _, kept in found],
        "kept_at": pa.array([now] * len(found), TIME),
    }
    return pa.table(rows)
