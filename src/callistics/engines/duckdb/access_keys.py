"""Access keys in the database, and the secret that tokens are signed with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from callistics.model.keys import Permission, StoredKey, still_revoked
from callistics.model.scope import Scope


def save_keys(connection: duckdb.DuckDBPyConnection, keys: Iterable[StoredKey]) -> None:
    """Insert or replace by id; one that is revoked stays so."""
    moment = "make_timestamp(?::BIGINT)"
    for given in keys:
        before = connection.execute(
            "DELETE FROM access_keys WHERE id = ? RETURNING epoch_us(revoked_at)", [given.id]
        ).fetchone()
        key = still_revoked(given, before[0] if before else None)
        connection.execute(
            "INSERT INTO access_keys (id, name, hash, permissions, reseller_ids, merchant_ids, "
            "template_ids, created_at, expires_at, revoked_at, last_used_at) "
            f"VALUES (?, ?, ?, ?, ?, ?, ?, {moment}, {moment}, {moment}, {moment})",
            [
                key.id,
                key.name,
                key.hash,
                sorted(key.permissions),
                _listed(key.scope.reseller_ids),
                _listed(key.scope.merchant_ids),
                _listed(key.scope.template_ids),
                key.created_at,
                key.expires_at,
                key.revoked_at,
                key.last_used_at,
            ],
        )


def save_uses(connection: duckdb.DuckDBPyConnection, uses: Mapping[str, int]) -> None:
    """Move the times of last use (µs) on, by id."""
    later = "greatest(last_used_at, make_timestamp(?::BIGINT))"
    for key_id, used in uses.items():
        connection.execute(
            f"UPDATE access_keys SET last_used_at = {later} WHERE id = ?", [used, key_id]
        )


def save_token_secret(connection: duckdb.DuckDBPyConnection, secret: str) -> None:
    """Replace the one that is there, if any."""
    connection.execute("DELETE FROM token_secret")
    connection.execute("INSERT INTO token_secret VALUES (?)", [secret])


def load_token_secret(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The secret, None where there is none yet."""
    rows = connection.execute("SELECT secret FROM token_secret").fetchall()
    return next((str(secret) for (secret,) in rows), None)


def load_keys(connection: duckdb.DuckDBPyConnection) -> list[StoredKey]:
    """Every access key, oldest first."""
    rows = connection.execute(
        "SELECT id, name, hash, permissions, reseller_ids, merchant_ids, template_ids, "
        "epoch_us(created_at), epoch_us(expires_at), epoch_us(revoked_at), epoch_us(last_used_at) "
        "FROM access_keys ORDER BY created_at, id"
    ).fetchall()
    return [_key(row) for row in rows]


def _key(row: Sequence[Any]) -> StoredKey:
    return StoredKey(
        row[0],
        row[1],
        row[2],
        frozenset(Permission(name) for name in row[3]),
        Scope(*(None if values is None else frozenset(values) for values in row[4:7])),
        *row[7:],
    )


def _listed(values: frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)
