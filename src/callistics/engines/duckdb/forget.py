"""Deletes what is kept besides records of those that are erased: bodies of webhooks, receipts."""

from collections.abc import Callable, Iterable

import pyarrow as pa

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.webhooks import delete_bodies
from callistics.records.identity import Identity

_MAPPED = """
SELECT DISTINCT body_id FROM (
    SELECT body_id, unnest(json_extract(calls, '$[*]')) AS call
    FROM webhook_results WHERE calls <> '[]'
) SEMI JOIN named AS n ON call->>0 = n.merchant_id AND call->>1 = n.call_id
"""
# Of receipts that say nothing of single records none names one.
_TELLING = "SELECT rowid, answer FROM kept_answers WHERE contains(decode(answer), '\"index\"')"


def forget_bodies(statements: StatementCache, calls: Iterable[Identity]) -> None:
    """Delete the kept bodies that were mapped to one of the calls."""
    columns = list(zip(*calls, strict=True)) or [(), ()]
    names = ("merchant_id", "call_id")
    texts = [pa.array(column, pa.string()) for column in columns]
    statements.give(named=pa.table(texts, names))
    found = statements.execute(_MAPPED).fetchall()
    delete_bodies(statements, [body for (body,) in found])


def forget_receipts(statements: StatementCache, names: Callable[[bytes], bool]) -> None:
    """Delete the kept receipts of which this says that they name what is to be forgotten."""
    found = statements.execute(_TELLING).fetchall()
    rows = [row for row, answer in found if names(bytes(answer))]
    if rows:
        statements.execute(
            "DELETE FROM kept_answers WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [rows]
        )
