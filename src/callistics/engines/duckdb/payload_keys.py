"""The keys that payloads have, so that no query looks for one that none has.

DuckDB reads a key of a VARIANT from a column of its own where it has made one, and takes every
value apart where it has not, a hundred times slower (docs/decisions/payloads.md).
"""

from collections.abc import Iterable, Mapping

import duckdb

from callistics.engines.duckdb.observers import Commit
from callistics.records.columnar.payload_columns import Keys

_Row = tuple[str | None, str | None, bool]
"""merchant_id, key, is_list. Without a merchant a key is one of before there were merchants here;
without a key the merchant has keys that are not listed."""
_LISTED = "SELECT merchant_id, key, is_list FROM payload_keys"
_FORGET_UNUSED = """
DELETE FROM payload_keys AS k WHERE key IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT merchant_id, unnest(json_keys(payload_shape)) AS key FROM (
            SELECT merchant_id, payload_shape FROM calls WHERE payload_shape IS NOT NULL
            UNION SELECT merchant_id, payload_shape FROM leads WHERE payload_shape IS NOT NULL
        )
    ) AS had
    WHERE had.key = k.key AND coalesce(k.merchant_id, had.merchant_id) = had.merchant_id
)
"""
_INSERT = (
    "INSERT INTO payload_keys (merchant_id, key, is_list) "
    "SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BOOLEAN[])"
)


class PayloadKeys:
    """The keys of all payloads that are stored, in memory and in a table.

    Of each merchant `limit` keys are listed. There may be too many, never too few: what a
    transaction brings is known before it commits, and where a merchant has more keys than are
    listed, any other key may be there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, limit: int) -> None:
        self._limit = limit
        self._collected: _Listing | None = None
        self.load(connection)

    def is_scalar(self, key: str) -> bool:
        """Whether a payload may have a text, number or boolean under a key."""
        return key in self._known.scalars or self._may_be_unlisted(key)

    def is_list(self, key: str) -> bool:
        """Whether a payload may have a list or an object under a key."""
        return key in self._known.lists or self._may_be_unlisted(key)

    def _may_be_unlisted(self, key: str) -> bool:
        return any(not self._stored.has(merchant, key) for merchant in self._exceeding)

    def forget_unused(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store no key that no payload has any more, within the transaction."""
        connection.execute(_FORGET_UNUSED)

    def reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take what the table has for stored; queries may go on to look for others."""
        stored = _Listing(self._limit)
        stored.add(connection.execute(_LISTED).fetchall())
        self._stored = stored

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Know those that are stored, and no others."""
        rows = connection.execute(_LISTED).fetchall()
        self._stored = _Listing(self._limit)
        self._stored.add(rows)
        self._known = Keys()
        self._exceeding: frozenset[str | None] = frozenset()
        self._know(rows)
        self.begin()

    def _know(self, rows: Iterable[_Row]) -> None:
        for merchant, key, is_list in rows:
            if key is None:
                self._exceeding |= {merchant}
            else:
                (self._known.lists if is_list else self._known.scalars).add(key)

    def note(self, connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Keys]) -> None:
        """Take note of the keys, by merchant, of payloads that the transaction writes."""
        if self._collected is not None:
            self._collected.add(self._collected.lacking(keys))
        self._brought = self._stored.lacking(keys)
        self._know(self._brought)
        _insert(connection, self._brought)

    def begin(self) -> None:
        """Forget what a transaction brought that failed."""
        self._brought: list[_Row] = []
        self._instead: _Listing | None = None

    def committed(self, commit: Commit) -> None:
        """Take what was noted last for stored."""
        del commit
        self.rebuilt()

    def rebuilt(self) -> None:
        """Take what was noted, or collected instead, for stored."""
        if self._instead is not None:
            self._stored = self._instead
            self._exceeding = frozenset(self._stored.exceeding)
        self._stored.add(self._brought)
        self.begin()

    def collect(self) -> None:
        """Collect what is noted from now on: every payload is about to be written."""
        self._collected = _Listing(self._limit)

    def keep_collected(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store only what was collected."""
        self._instead, self._collected = self._collected or _Listing(self._limit), None
        rows = list(self._instead.rows())
        self._know(rows)
        connection.execute("DELETE FROM payload_keys")
        _insert(connection, rows)


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[_Row]) -> None:
    if rows:
        connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])


class _Listing:
    """The keys that are listed, by merchant, and which merchants have others too."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._keys: dict[str | None, Keys] = {}
        self.exceeding: set[str | None] = set()

    def has(self, merchant: str | None, key: str) -> bool:
        """Whether a key is listed, whatever is under it."""
        found = self._keys.get(merchant)
        return found is not None and (key in found.scalars or key in found.lists)

    def rows(self) -> Iterable[_Row]:
        """All that is listed."""
        for merchant, keys in self._keys.items():
            yield from _rows(merchant, keys)
        yield from ((merchant, None, False) for merchant in self.exceeding)

    def add(self, rows: Iterable[_Row]) -> None:
        """List what rows say."""
        for merchant, key, is_list in rows:
            if key is None:
                self.exceeding.add(merchant)
            else:
                keys = self._keys.setdefault(merchant, Keys())
                (keys.lists if is_list else keys.scalars).add(key)

    def lacking(self, found: Mapping[str, Keys]) -> list[_Row]:
        """What is to be listed of keys, by merchant, within the limit."""
        return [row for merchant, keys in found.items() for row in self._lacking(merchant, keys)]

    def _lacking(self, merchant: str, found: Keys) -> Iterable[_Row]:
        listed = self._keys.get(merchant, Keys())
        new = Keys(found.scalars - listed.scalars, found.lists - listed.lists)
        if not new.scalars and not new.lists:
            return
        names = listed.scalars | listed.lists
        room = max(0, self._limit - len(names))
        unlisted = (new.scalars | new.lists) - names
        beyond = set(sorted(unlisted)[room:])
        if merchant in self.exceeding:
            # Records of before may have the key in the other form, of which nothing is listed.
            new = Keys(new.scalars | unlisted, new.lists | unlisted)
        yield from _rows(merchant, Keys(new.scalars - beyond, new.lists - beyond))
        if beyond and merchant not in self.exceeding:
            yield merchant, None, False


def _rows(merchant: str | None, keys: Keys) -> Iterable[_Row]:
    yield from ((merchant, key, False) for key in sorted(keys.scalars))
    yield from ((merchant, key, True) for key in sorted(keys.lists))
