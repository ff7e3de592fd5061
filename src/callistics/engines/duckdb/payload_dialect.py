"""How DuckDB says what payloads have under a key.

Scalars are in a VARIANT of texts and one of order keys, those of keys that are not listed in a map
(`unlisted_keys`), and lists in a map of pairs (text, order key).
"""

from collections.abc import Set
from typing import Protocol

from callistics.engines.duckdb.tables import UNLISTED
from callistics.model.scope import Scope
from callistics.sql.dialect import Element
from callistics.sql.fragment import Sql, compose, raw, text

# Where they stand in a value of the map of keys that are not listed.
_TEXT, _ORDER = 1, 2


class KnownKeys(Protocol):
    """Which keys payloads have at all: those of some merchants, or of any."""

    def merchants(self, scope: Scope) -> Set[str] | None:
        """Those that a scope may reach payloads of; None where that is any."""
        ...

    def is_scalar(self, key: str, among: Set[str] | None) -> bool:
        """Whether one may have a text, number or boolean under a key."""
        ...

    def is_list(self, key: str, among: Set[str] | None) -> bool:
        """Whether one may have a list or an object under a key."""
        ...

    def may_be_unlisted(self, key: str, among: Set[str] | None) -> bool:
        """Whether one may have a key that is not listed."""
        ...


class DuckDBPayloadDialect:
    """Implements `sql.dialect.PayloadDialect` for records `among` some merchants, or any.

    Without `known` keys any key may be there.
    """

    def __init__(self, known: KnownKeys | None, among: Set[str] | None) -> None:
        self._known, self._among = known, among

    def text(self, table: str, key: str) -> Sql:
        """A key of the VARIANT of texts."""
        return self._scalar(table, "payload", key, _TEXT)

    def order(self, table: str, key: str) -> Sql:
        """A key of the VARIANT of order keys."""
        return self._scalar(table, "payload_orders", key, _ORDER)

    def _scalar(self, table: str, column: str, key: str, place: int) -> Sql:
        """What a column has under a key, else at a place of the map of keys that are not listed."""
        if self._known is not None and not self._known.is_scalar(key, self._among):
            return raw("NULL::VARCHAR")
        listed = compose(f"variant_extract({table}.{column}, {{}})::VARCHAR", text(key))
        if self._known is not None and not self._known.may_be_unlisted(key, self._among):
            return listed
        return compose(f"coalesce({{}}, {table}.{UNLISTED}[{{}}][{place}])", listed, text(key))

    def _may_be_list(self, key: str) -> bool:
        return self._known is None or self._known.is_list(key, self._among)

    def is_list(self, table: str, key: str) -> Sql:
        """Whether the map of lists has the key."""
        if not self._may_be_list(key):
            return raw("FALSE")
        return compose(f"({table}.payload_lists[{{}}] IS NOT NULL)", text(key))

    def any_element(self, table: str, key: str, test: Element) -> Sql:
        """Whether a pair (text, order key) in the list passes."""
        if not self._may_be_list(key):
            return raw("FALSE")
        return compose(
            f"coalesce(len(list_filter({table}.payload_lists[{{}}], lambda e: {{}})) > 0, FALSE)",
            text(key),
            test(raw("e[1]"), raw("e[2]")),
        )

    def element_texts(self, table: str, key: str) -> Sql | None:
        """From the pairs (text, order key); NULL where there is no such list."""
        if not self._may_be_list(key):
            return None
        found = f"list_transform({table}.payload_lists[{{}}], lambda e: e[1])"
        return compose(f"list_distinct({found})", text(key))
