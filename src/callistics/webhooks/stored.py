"""What is stored of webhooks, read from an engine: the SQL is such that every engine takes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

import zstandard

from callistics.engines.base import Readable
from callistics.model.webhooks import BodyState, KeptBody, StoredEndpoint, read_endpoint
from callistics.sql.dialect import SqlRow
from callistics.sql.fragment import Sql, compose, integer, join, raw, text

AT_A_TIME = 500
"""So many bodies are read at once."""
MOST_BYTES = 64 << 20
"""So many bytes of bodies are read at once, but always one body."""
LETTERS_SHOWN, MOST_LETTERS = 100, 1_000
"""So many dead letters are shown unless asked otherwise, and at most."""
_BODY = "b.id, b.endpoint_id, b.received_at, b.content_type, hex(b.body) AS body"
_SIZE = "octet_length(b.body)"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body that could not be mapped, why, and when that was found (µs)."""

    body: KeptBody
    reason: str
    at: int


class StoredWebhooks:
    """Reads endpoints, bodies that wait to be mapped, and dead letters.

    No more than `most_bytes` of bodies are in memory at a time, though always one.
    """

    def __init__(self, engine: Readable, most_bytes: int = MOST_BYTES) -> None:
        self._engine, self._most_bytes = engine, most_bytes

    def endpoints(self) -> list[StoredEndpoint]:
        """Every endpoint."""
        sql = "SELECT id, argMax(definition, version) FROM webhook_endpoints GROUP BY id"
        return [read_endpoint(str(row[1])) for row in self._run(raw(sql))]

    def waiting(self) -> list[KeptBody]:
        """The oldest bodies of which it is not known yet what became of them."""
        sql = (
            f"SELECT b.id, {_SIZE} FROM webhook_bodies AS b"
            " WHERE b.id NOT IN (SELECT body_id FROM webhook_results)"
            f" ORDER BY b.received_at, b.id LIMIT {AT_A_TIME}"
        )
        _, bodies = self._first(raw(sql))
        return bodies

    def number_waiting(self) -> int:
        """How many there are of these."""
        return self._of_waiting("count(*)")

    def oldest_waiting(self) -> int | None:
        """When the first of these came (µs), None where none waits."""
        # Of no rows at all one engine has nothing as the least, another has 0.
        return self._of_waiting("min(received_at)") or None

    def _of_waiting(self, what: str) -> int:
        sql = (
            f"SELECT {what} FROM webhook_bodies"
            " WHERE id NOT IN (SELECT body_id FROM webhook_results)"
        )
        return int(self._run(raw(sql))[0][0] or 0)

    def number_dead(self, endpoint_id: str) -> int:
        """How many dead letters an endpoint has."""
        sql = compose(f"SELECT count(*) FROM {_DEAD}", text(endpoint_id))
        return int(self._run(sql)[0][0] or 0)

    def dead(self, endpoint_id: str, before: tuple[int, str], limit: int) -> list[DeadLetter]:
        """The newest dead letters of an endpoint of those that came before (µs, id).

        There are fewer than the limit where their bodies are large.
        """
        sql = compose(
            f"SELECT b.id, {_SIZE}, r.reason, r.at FROM {_DEAD}"
            " AND (b.received_at < {} OR (b.received_at = {} AND b.id < {}))"
            f" ORDER BY b.received_at DESC, b.id DESC LIMIT {limit}",
            text(endpoint_id),
            integer(before[0]),
            integer(before[0]),
            text(before[1]),
        )
        found, bodies = self._first(sql)
        about = {str(row[0]): (str(row[2]), int(row[3] or 0)) for row in found}
        return [DeadLetter(body, *about[body.id]) for body in bodies]

    def _first(self, sql: Sql) -> tuple[Sequence[SqlRow], list[KeptBody]]:
        """Rows of (id, bytes as packed, …), and the bodies of the first of them, in their order."""
        while found := self._run(sql):
            # None of them is there any more where all were erased, or purged, meanwhile.
            if bodies := self._bodies(found):
                return found, bodies
        return (), []

    def _bodies(self, found: Sequence[SqlRow]) -> list[KeptBody]:
        packed = (int(row[1] or 0) for row in found)
        ids = [str(row[0]) for row in found[: self._fitting(packed)]]
        listed = join(", ", map(text, ids))
        sql = compose(f"SELECT {_BODY} FROM webhook_bodies AS b WHERE b.id IN ({{}})", listed)
        rows = {str(row[0]): row for row in self._run(sql)}
        there = [rows[one] for one in ids if one in rows]
        plain = (zstandard.frame_content_size(_packed(row)) for row in there)
        return [_body(row) for row in there[: self._fitting(plain)]]

    def _fitting(self, sizes: Iterable[int]) -> int:
        """How many of the first have no more bytes than may be, at least one."""
        sums = accumulate(sizes)
        return max(1, sum(1 for _ in takewhile(lambda size: size <= self._most_bytes, sums)))

    def _run(self, sql: Sql) -> Sequence[SqlRow]:
        return self._engine.run(self._engine.dialect.render(sql))


_DEAD = (
    "webhook_bodies AS b JOIN (SELECT body_id, argMax(state, version) AS state,"
    " argMax(reason, version) AS reason, max(version) AS at FROM webhook_results"
    " GROUP BY body_id) AS r ON r.body_id = b.id"
    f" WHERE r.state = '{BodyState.DEAD}' AND b.endpoint_id = {{}}"
)


def _packed(row: SqlRow) -> bytes:
    return bytes.fromhex(str(row[4]))


def _body(row: SqlRow) -> KeptBody:
    plain = zstandard.ZstdDecompressor().decompress(_packed(row))
    return KeptBody(str(row[0]), str(row[1]), int(row[2] or 0), str(row[3]), plain)
