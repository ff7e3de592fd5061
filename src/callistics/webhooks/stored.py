"""What is stored of webhooks, read from an engine: the SQL is such that every engine takes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import zstandard

from callistics.engines.base import Readable
from callistics.model.webhooks import BodyState, KeptBody, StoredEndpoint, read_endpoint
from callistics.sql.dialect import SqlRow
from callistics.sql.fragment import Sql, compose, integer, raw, text

AT_A_TIME = 500
"""So many bodies are read at once."""
LETTERS_SHOWN, MOST_LETTERS = 100, 1_000
"""So many dead letters are shown unless asked otherwise, and at most."""
_BODY = "b.id, b.endpoint_id, b.received_at, b.content_type, hex(b.body) AS body"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body that could not be mapped, why, and when that was found (µs)."""

    body: KeptBody
    reason: str
    at: int


class StoredWebhooks:
    """Reads endpoints, bodies that wait to be mapped, and dead letters."""

    def __init__(self, engine: Readable) -> None:
        self._engine = engine

    def endpoints(self) -> list[StoredEndpoint]:
        """Every endpoint."""
        sql = "SELECT id, argMax(definition, version) FROM webhook_endpoints GROUP BY id"
        return [read_endpoint(str(row[1])) for row in self._run(raw(sql))]

    def waiting(self) -> list[KeptBody]:
        """The oldest bodies of which it is not known yet what became of them."""
        sql = (
            f"SELECT {_BODY} FROM webhook_bodies AS b"
            " WHERE b.id NOT IN (SELECT body_id FROM webhook_results)"
            f" ORDER BY b.received_at, b.id LIMIT {AT_A_TIME}"
        )
        return [_body(row) for row in self._run(raw(sql))]

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
        """The newest dead letters of an endpoint of those that came before (µs, id)."""
        sql = compose(
            f"SELECT {_BODY}, r.reason, r.at FROM {_DEAD}"
            " AND (b.received_at < {} OR (b.received_at = {} AND b.id < {}))"
            f" ORDER BY b.received_at DESC, b.id DESC LIMIT {limit}",
            text(endpoint_id),
            integer(before[0]),
            integer(before[0]),
            text(before[1]),
        )
        found = self._run(sql)
        return [DeadLetter(_body(row), str(row[5]), int(row[6] or 0)) for row in found]

    def _run(self, sql: Sql) -> Sequence[SqlRow]:
        return self._engine.run(self._engine.dialect.render(sql))


_DEAD = (
    "webhook_bodies AS b JOIN (SELECT body_id, argMax(state, version) AS state,"
    " argMax(reason, version) AS reason, max(version) AS at FROM webhook_results"
    " GROUP BY body_id) AS r ON r.body_id = b.id"
    f" WHERE r.state = '{BodyState.DEAD}' AND b.endpoint_id = {{}}"
)


def _body(row: SqlRow) -> KeptBody:
    packed = bytes.fromhex(str(row[4]))
    plain = zstandard.ZstdDecompressor().decompress(packed)
    return KeptBody(str(row[0]), str(row[1]), int(row[2] or 0), str(row[3]), plain)
