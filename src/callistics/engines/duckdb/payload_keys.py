"""The keys that payloads have, so that no query looks for one that none has.

DuckDB reads a key of a VARIANT from a column of its own where it has made one, and takes every
value apart where it has not, a hundred times slower (docs/decisions/payloads.md).
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypeVar

import duckdb
import pyarrow as pa

from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.tenants import Tenants
from callistics.model.scope import Scope
from callistics.records.columnar.payload_columns import Keys

_T = TypeVar("_T")
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
    more keys than are listed, any other key may be there. Of some merchants alone no more is told
    than is known of these: neither an answer nor how long it takes depends on what others have.
    `tenants` tell which merchants a scope is of.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, tenants: Tenants, limit: int, names: int
    ) -> None:
        self._tenants, self._limit, self._names = tenants, limit, names
        self._collected: _Listing | None = None
        self.load(connection)

    def merchants(self, scope: Scope) -> Set[str] | None:
        """Those that a scope may reach payloads of; None where that is any."""
        return self._tenants.merchants(scope)

    def is_scalar(self, key: str, among: Set[str] | None = None) -> bool:
        """Whether one of some merchants, or of any, may have a text, number or boolean there."""
        found = any(key in keys.scalars for keys in self._known.of(among))
        return found or self.may_be_unlisted(key, among)

    def is_list(self, key: str, among: Set[str] | None = None) -> bool:
        """Whether one of some merchants, or of any, may have a list or an object there."""
        found = any(key in keys.lists for keys in self._known.of(among))
        return found or self.may_be_unlisted(key, among)

    @property
    def scalars(self) -> Set[str]:
        """The keys that are listed for any merchant, with a text, number or boolean."""
        return self._known.all.scalars

    def may_be_unlisted(self, key: str, among: Set[str] | None = None) -> bool:
        """Whether one of some merchants, or of any, may have a key that is not listed."""
        return any(key not in listed for listed in self._exceeding.of(among))

    def _listing(self) -> "_Listing":
        return _Listing(self._limit, self._names)

    def forget_unused(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store no key, and no tenant, that no record has any more, within the transaction."""
        connection.execute(_FORGET_UNUSED)
        self._tenants.forget_unused(connection)

    def reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take what the tables have for stored; queries may go on to look for others."""
        self._tenants.reload(connection)
        stored = self._listing()
        stored.add(connection.execute(_LISTED).fetchall())
        self._take(stored)

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Know those that are stored, and no others."""
        self._tenants.load(connection)
        rows = connection.execute(_LISTED).fetchall()
        stored = self._listing()
        stored.add(rows)
        self._known = _Known()
        self._known.add(rows)
        self._take(stored)
        self.begin()

    def _take(self, stored: "_Listing") -> None:
        """Take a listing for what is stored."""
        exceeding = _Exceeding()
        for merchant in stored.exceeding:
            exceeding.add(merchant, stored.names(merchant))
        self._stored, self._exceeding = stored, exceeding

    def _expect(self, rows: Iterable[_Row]) -> None:
        """Know what a transaction brings, and that some merchants will have other keys too."""
        self._known.add(rows)
        brought = self._listing()
        brought.add(rows)
        for merchant in brought.exceeding:
            self._exceeding.add(merchant, self._stored.names(merchant) | brought.names(merchant))

    def note(
        self,
        connection: duckdb.DuckDBPyConnection,
        keys: Mapping[str, Keys],
        rows: Iterable[pa.Table] = (),
    ) -> None:
        """Take note of the keys, by merchant, of payloads in rows that the transaction writes."""
        self._tenants.note(connection, rows)
        if self._collected is not None:
            collected = self._collected.lacking(keys)
            self._collected.add(collected)
            self._expect(collected)
        self._brought = self._stored.lacking(keys)
        self._expect(self._brought)
        _insert(connection, self._brought)

    def begin(self) -> None:
        """Forget what a transaction brought that failed."""
        self._tenants.begin()
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
        self._tenants.committed()
        self.begin()

    def collect(self) -> None:
        """Collect what is noted from now on: every payload is about to be written."""
        self._collected = self._listing()

    def keep_collected(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store only what was collected, and the tenants of what is there."""
        self._tenants.fill(connection)
        self._instead, self._collected = self._collected or self._listing(), None
        # What a transaction brought that failed is not stored by this one.
        self._brought = []
        rows = list(self._instead.rows())
        self._known.add(rows)
        connection.execute("DELETE FROM payload_keys")
        _insert(connection, rows)


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[_Row]) -> None:
    if rows:
        connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])


def _of(found: Mapping[str | None, _T], among: Set[str]) -> Iterator[_T]:
    """What there is of some merchants, and of none, which is any."""
    return (found[merchant] for merchant in (None, *among) if merchant in found)


class _Known:
    """The keys that payloads may have: of all merchants together, and of each."""

    def __init__(self) -> None:
        self.all = Keys()
        self._each: dict[str | None, Keys] = {}

    def add(self, rows: Iterable[_Row]) -> None:
        """Know the keys of rows."""
        for merchant, key, is_list in rows:
            if key is not None:
                for keys in (self.all, self._each.setdefault(merchant, Keys())):
                    (keys.lists if is_list else keys.scalars).add(key)

    def of(self, among: Set[str] | None) -> Iterable[Keys]:
        """Those of some merchants, or of all together."""
        return (self.all,) if among is None else _of(self._each, among)


class _Exceeding:
    """The merchants that may have more keys than are listed, and the keys that are listed."""

    def __init__(self) -> None:
        # What every one of them has listed; None where there is no such merchant.
        self._shared: Set[str] | None = None
        self._each: dict[str | None, Set[str]] = {}

    def add(self, merchant: str | None, listed: Set[str]) -> None:
        """Know that a merchant may have others than are listed."""
        self._shared = listed if self._shared is None else self._shared & listed
        self._each[merchant] = self._each.get(merchant, listed) & listed

    def of(self, among: Set[str] | None) -> Iterable[Set[str]]:
        """What is listed of each of some merchants, or of all of them."""
        if among is not None:
            return _of(self._each, among)
        return () if self._shared is None else (self._shared,)


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
