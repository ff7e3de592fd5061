"""What the id index of a store knows, and calls for it to know."""

from typing import Any

from callistics.engines.duckdb.lookup.id_index import IdIndex, numbers
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.records.columnar.row_codec import identity_table
from support import inside
from support.store import Store


def call(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 5}",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        **fields,
    }


def id_index_of(store: Store) -> IdIndex:
    return inside.id_index_of(store.engine)


def wait_until_read(store: Store) -> None:
    inside.wait_until_read(id_index_of(store))


def statements_of(store: Store) -> StatementCache:
    return inside.statements_of(store.engine)


def possible(store: Store, table: str, identities: list[tuple[str, str]]) -> list[tuple[str, str]]:
    (asked,) = numbers(statements_of(store), identity_table(identities, "id"))
    found = id_index_of(store).possible(table, asked).there
    return [one for one, there in zip(identities, found, strict=True) if there]
