"""How ClickHouse says what payloads have under a key.

Scalars are in a JSON column of texts and one of order keys, and lists in a map of pairs (text,
order key).
"""

from callistics.engines.clickhouse.json_names import MARK, json_name
from callistics.sql.dialect import Element
from callistics.sql.fragment import Bound, Sql, compose, raw, text


class ClickHousePayloadDialect:
    """Implements `sql.dialect.PayloadDialect`."""

    def text(self, table: str, key: str) -> Sql:
        """A key of the flat JSON, every value of which is text after a mark."""
        return compose(f"substring({table}.payload.{{}}.:String, {MARK + 1})", _name(key))

    def order(self, table: str, key: str) -> Sql:
        """A key of the JSON of order keys."""
        return compose(f"{table}.payload_orders.{{}}.:String", _name(key))

    def is_list(self, table: str, key: str) -> Sql:
        """Whether the map of lists has the key."""
        return compose(f"mapContains({table}.payload_lists, {{}})", text(key))

    def any_element(self, table: str, key: str, test: Element) -> Sql:
        """Whether a pair (text, order key) in the list passes."""
        return compose(
            f"arrayExists(e -> {{}}, {table}.payload_lists[{{}}])",
            test(raw("e[1]"), raw("e[2]")),
            text(key),
        )

    def element_texts(self, table: str, key: str) -> Sql | None:
        """From the pairs (text, order key); empty where there is no such list."""
        found = f"arrayMap(e -> e[1], {table}.payload_lists[{{}}])"
        return compose(f"arrayDistinct({found})", text(key))


def _name(key: str) -> Sql:
    return Sql((Bound(json_name(key), "name"),))
