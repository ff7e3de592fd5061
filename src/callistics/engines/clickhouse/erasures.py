"""Blocked ids in the database, and deleting what is kept besides records of those erased."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set

import msgspec
import pyarrow as pa

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.long_values import batches
from callistics.model.erasures import NewBlocks
from callistics.records.identity import Identity

_AT_ONCE = {"mutations_sync": 2}
# Of receipts that say nothing of single records none names one.
_TELLING = (
    "SELECT key_id, idempotency_key, hex(answer) FROM kept_answers"
    " WHERE position(answer, '\"index\"') > 0"
)
_NAMED = "arrayExists(one -> position(calls, one) > 0, {calls:Array(String)})"


def load_secret(client: Client, now: int) -> bytes | None:
    """What ids are hashed with; None where none is blocked at an instant (µs)."""
    rows = client.query(
        "SELECT secret FROM block_secret FINAL"
        " WHERE (SELECT max(until) FROM blocked_ids) > {now:Int64}",
        {"now": now},
    ).result_rows
    return next((bytes.fromhex(str(secret)) for (secret,) in rows), None)


def blocked(client: Client, digests: Set[bytes], now: int) -> Set[bytes]:
    """Those of the digests that are blocked at an instant (µs)."""
    found: set[bytes] = set()
    for part in batches([one.hex() for one in digests]):
        rows = client.query(
            "SELECT DISTINCT digest FROM blocked_ids"
            " WHERE digest IN {digests:Array(String)} AND until > {now:Int64}",
            {"digests": part, "now": now},
        ).result_rows
        found.update(bytes.fromhex(str(digest)) for (digest,) in rows)
    return found


def block_tables(
    secret: bytes | None, blocks: Sequence[NewBlocks], version: int
) -> Iterator[tuple[str, pa.Table]]:
    """What is to be inserted, table by table."""
    if secret is not None:
        yield (
            "block_secret",
            pa.table(
                {
                    "id": pa.array([0], pa.uint8()),
                    "version": pa.array([version], pa.int64()),
                    "secret": pa.array([secret.hex()]),
                }
            ),
        )
    if blocks:
        rows = [(digest.hex(), one.until) for one in blocks for digest in one.digests]
        digests, untils = zip(*rows, strict=True)
        yield (
            "blocked_ids",
            pa.table({"digest": pa.array(digests), "until": pa.array(untils, pa.int64())}),
        )


def forget_bodies(client: Client, calls: Iterable[Identity]) -> None:
    """Delete the kept bodies that were mapped to one of the calls."""
    named = [msgspec.json.encode(call).decode() for call in calls]
    for part in batches(named):
        sql = f"SELECT DISTINCT body_id FROM webhook_results WHERE {_NAMED}"
        rows = client.query(sql, {"calls": part}).result_rows
        delete_bodies(client, [str(body) for (body,) in rows])


def delete_bodies(client: Client, bodies: Sequence[str]) -> None:
    """Delete bodies by their ids, with what became of them."""
    for some in batches(bodies) if bodies else ():
        _delete(client, "webhook_bodies", "id", some)
        _delete(client, "webhook_results", "body_id", some)


def forget_receipts(client: Client, names: Callable[[bytes], bool]) -> None:
    """Delete the kept receipts of which this says that they name what is to be forgotten."""
    found = client.query(_TELLING).result_rows
    for key, name in {(key, name) for key, name, kept in found if names(bytes.fromhex(kept))}:
        client.command(
            "ALTER TABLE kept_answers DELETE"
            " WHERE key_id = {key:String} AND idempotency_key = {name:String}",
            {"key": key, "name": name},
            settings=_AT_ONCE,
        )


def _delete(client: Client, table: str, column: str, values: Sequence[str]) -> None:
    client.command(
        f"ALTER TABLE {table} DELETE WHERE {column} IN {{values:Array(String)}}",
        {"values": values},
        settings=_AT_ONCE,
    )
