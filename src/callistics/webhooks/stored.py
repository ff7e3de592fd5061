"""What is stored of webhooks, read from an engine: the SQL is such that every engine takes it.

Of bodies it is first found which are to be read, then read as many as may be in memory together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import zstandard

from callistics.engines.base import Readable
from callistics.model.webhooks import BodyState, KeptBody, StoredEndpoint, read_endpoint
from callistics.sql.dialect import SqlRow
from callistics.sql.fragment import Sql, compose, integer, raw, text
from callistics.webhooks.within import first_within

AT_A_TIME = 500
"""So many bodies are read at once."""
LETTERS_SHOWN, MOST_LETTERS = 100, 1_000
"""So many dead letters are shown unless asked otherwise, and at most."""
_SIZE = "id, octet_length(body)"
_BODY = "id, endpoint_id, received_at, content_type, hex(body) AS body"


@dataclass(frozen=True, slots=True)
class Dead:
    """That a body which came at an instant (µs) could not be mapped, why, and when that was."""

    body_id: str
    received_at: int
    reason: str
    at: int

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among others, by when its body came."""
        return self.received_at, self.body_id


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A body that could not be mapped, with what is known of that."""

    body: KeptBody
    dead: Dead


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
            "SELECT id, received_at FROM webhook_bodies"
            " WHERE id NOT IN (SELECT body_id FROM webhook_results)"
            f" ORDER BY received_at, id LIMIT {AT_A_TIME}"
        )
        return list(self._bodies({str(row[0]): int(row[1] or 0) for row in self._run(raw(sql))}))

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

    def dead_letters(
        self, endpoint_id: str, before: tuple[int, str], limit: int
    ) -> list[DeadLetter]:
        """As `dead`, with their bodies, as far as these may be in memory together."""
        known = {one.body_id: one for one in self.dead(endpoint_id, before, limit)}
        bodies = self._bodies({id_: one.received_at for id_, one in known.items()})
        return [DeadLetter(body, known[body.id]) for body in bodies]

    def dead(self, endpoint_id: str, before: tuple[int, str], limit: int) -> list[Dead]:
        """The newest dead letters of an endpoint of those that came before (µs, id)."""
        sql = compose(
            f"SELECT b.id, b.received_at, r.reason, r.at FROM {_DEAD}"
            " AND (b.received_at < {} OR (b.received_at = {} AND b.id < {}))"
            f" ORDER BY b.received_at DESC, b.id DESC LIMIT {limit}",
            text(endpoint_id),
            integer(before[0]),
            integer(before[0]),
            text(before[1]),
        )
        found = self._run(sql)
        return [
            Dead(str(id_), int(came or 0), str(reason), int(at or 0))
            for id_, came, reason, at in found
        ]

    def _bodies(self, came: Mapping[str, int]) -> Iterator[KeptBody]:
        """The first of some bodies, in their order, given when each came (µs).

        They are as many as may be in memory together, packed and unpacked.
        """
        sizes = {str(row[0]): int(row[1] or 0) for row in self._of(came, _SIZE)}
        # What was deleted meanwhile is not there any more.
        there = [id_ for id_ in came if id_ in sizes]
        some = {id_: came[id_] for id_ in first_within(there, sizes.__getitem__)}
        rows = {str(row[0]): row for row in self._of(some, _BODY)}
        bodies = (_body(rows[id_]) for id_ in some if id_ in rows)
        return first_within(bodies, lambda one: len(one.body))

    def _of(self, came: Mapping[str, int], what: str) -> Sequence[SqlRow]:
        """What is stored of some bodies, in any order: when they came tells where to look."""
        if not came:
            return ()
        return self._run(
            compose(
                f"SELECT {what} FROM webhook_bodies WHERE received_at BETWEEN {{}} AND {{}}"
                " AND {}",
                integer(min(came.values())),
                integer(max(came.values())),
                self._engine.dialect.is_in(raw("id"), list(came)),
            )
        )

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
