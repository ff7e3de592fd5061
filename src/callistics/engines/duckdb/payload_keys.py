"""The keys that payloads have, so that no query looks for one that none has.

DuckDB reads a key of a VARIANT from a column of its own where it has made one, and takes every
value apart where it has not, a hundred times slower (docs/decisions/payloads.md).
"""

from collections.abc import Iterable, Mapping, Set

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

    Of each merchant `limit` keys are listed, and `names` of all together. There may be too many,
    never too few: what a transaction brings is known before it commits, and where a merchant has
    more keys than are listed, any other key may be there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, limit: int, names: int) -> None:
        self._limit, self._names = limit, names
        self._collected: _Listing | None = None
        self.load(connection)

    def is_scalar(self, key: str) -> bool:
        """Whether a payload may have a text, number or boolean under a key."""
        return key in self._known.scalars or self.may_be_unlisted(key)

    def is_list(self, key: str) -> bool:
        """Whether a payload may have a list or an object under a key."""
        return key in self._known.lists or self.may_be_unlisted(key)

    @property
    def scalars(self) -> Set[str]:
        """The keys that are listed for any merchant, with a text, number or boolean."""
        return self._known.scalars

    def may_be_unlisted(self, key: str) -> bool:
        """Whether a payload may have a key that is not listed for its merchant."""
        return self._listed_by_all is not None and key not in self._listed_by_all

    def _listing(self) -> "_Listing":
        return _Listing(self._limit, self._names)

    def forget_unused(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store no key that no payload has any more, within the transaction."""
        connection.execute(_FORGET_UNUSED)

    def reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take what the table has for stored; queries may go on to look for others."""
        stored = self._listing()
        stored.add(connection.execute(_LISTED).fetchall())
        self._take(stored)

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Know those that are stored, and no others."""
        rows = connection.execute(_LISTED).fetchall()
        stored = self._listing()
        stored.add(rows)
        self._known = Keys()
        self._know(rows)
        self._take(stored)
        self.begin()

    def _take(self, stored: "_Listing") -> None:
        """Take a listing for what is stored."""
        self._stored = stored
        # The keys of every merchant that has others too; None where none has.
        self._listed_by_all = stored.listed_by_all

    def _know(self, rows: Iterable[_Row]) -> None:
        for _, key, is_list in rows:
            if key is not None:
                (self._known.lists if is_list else self._known.scalars).add(key)

    def _expect(self, rows: Iterable[_Row]) -> None:
        """Know what a transaction brings, and that some merchants will have other keys too."""
        self._know(rows)
        brought = self._listing()
        brought.add(rows)
        for merchant in brought.exceeding:
            names = self._stored.names(merchant) | brought.names(merchant)
            self._listed_by_all = _shared(self._listed_by_all, names)

    def note(self, connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Keys]) -> None:
        """Take note of the keys, by merchant, of payloads that the transaction writes."""
        if self._collected is not None:
            collected = self._collected.lacking(keys)
            self._collected.add(collected)
            self._expect(collected)
        self._brought = self._stored.lacking(keys)
        self._expect(self._brought)
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
            self._take(self._instead)
        self._stored.add(self._brought)
        self.begin()

    def collect(self) -> None:
        """Collect what is noted from now on: every payload is about to be written."""
        self._collected = self._listing()

    def keep_collected(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store only what was collected."""
        self._instead, self._collected = self._collected or self._listing(), None
        rows = list(self._instead.rows())
        self._know(rows)
        connection.execute("DELETE FROM payload_keys")
        _insert(connection, rows)


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[_Row]) -> None:
    if rows:
        connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])


def _shared(known: Set[str] | None, names: Set[str]) -> Set[str]:
    return names if known is None else known & names


class _Listing:
    """The keys that are listed, by merchant, and which merchants have others too."""

    def __init__(self, limit: int, names: int) -> None:
        self._limit, self._most_names = limit, names
        self._keys: dict[str | None, Keys] = {}
        self._names: set[str] = set()
        self.exceeding: set[str | None] = set()

    def names(self, merchant: str | None) -> Set[str]:
        """The keys of a merchant, whatever is under them."""
        found = self._keys.get(merchant, Keys())
        return found.scalars | found.lists

    @property
    def listed_by_all(self) -> Set[str] | None:
        """The keys that each merchant has listed which has others too; None where none has."""
        found: Set[str] | None = None
        for merchant in self.exceeding:
            found = _shared(found, self.names(merchant))
        return found

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
                self._names.add(key)

    def lacking(self, found: Mapping[str, Keys]) -> list[_Row]:
        """What is to be listed of keys, by merchant, within the limits."""
        names = set(self._names)
        return [
            row for merchant, keys in found.items() for row in self._lacking(merchant, keys, names)
        ]

    def _lacking(self, merchant: str, found: Keys, names: set[str]) -> Iterable[_Row]:
        """Those of a merchant; `names` are those of all, which it adds to."""
        listed = self._keys.get(merchant, Keys())
        new = Keys(found.scalars - listed.scalars, found.lists - listed.lists)
        if not new.scalars and not new.lists:
            return
        own = listed.scalars | listed.lists
        unlisted = sorted((new.scalars | new.lists) - own)
        beyond = set(unlisted) - set(self._fitting(merchant, unlisted, len(own), names))
        yield from _rows(merchant, Keys(new.scalars - beyond, new.lists - beyond))
        if beyond and merchant not in self.exceeding:
            yield merchant, None, False

    def _fitting(
        self, merchant: str, unlisted: Iterable[str], own: int, names: set[str]
    ) -> Iterable[str]:
        """The keys for which there is room, of a merchant with so many keys of its own.

        There is none once others of the merchant are not listed, as these may be in records of
        before. No merchant takes more than half of the room that is left for all.
        """
        if merchant in self.exceeding:
            return
        for key in unlisted:
            if own < self._limit and (key in names or own < self._most_names - len(names)):
                names.add(key)
                own += 1
                yield key


def _rows(merchant: str | None, keys: Keys) -> Iterable[_Row]:
    yield from ((merchant, key, False) for key in sorted(keys.scalars))
    yield from ((merchant, key, True) for key in sorted(keys.lists))
