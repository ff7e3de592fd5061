"""Access keys in the database, and the secret that tokens are signed with."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from callistics.engines.clickhouse.connection import Client
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import SCOPE_LISTS, SCOPED, Scope

_TEXTS = pa.list_(pa.string())


def key_table(keys: Iterable[StoredKey], version: int) -> pa.Table:
    """Keys as rows of `access_keys`; `limits` names the fields that the scope has lists of."""
    found = list(keys)
    columns = {
        "version": pa.array([version] * len(found), pa.int64()),
        "id": pa.array([key.id for key in found]),
        "name": pa.array([key.name for key in found]),
        "hash": pa.array([key.hash for key in found]),
        "permissions": pa.array([sorted(key.permissions) for key in found], _TEXTS),
        "limits": pa.array([[name for name, _ in key.scope.limits()] for key in found], _TEXTS),
    }
    for name, column in zip(SCOPED, SCOPE_LISTS, strict=True):
        lists = [sorted(key.scope.allowed(name) or ()) for key in found]
        columns[column] = pa.array(lists, _TEXTS)
    for name in ("created_at", "expires_at", "revoked_at", "last_used_at"):
        columns[name] = pa.array([getattr(key, name) for key in found], pa.int64())
    return pa.table(columns)


def use_table(uses: Mapping[str, int]) -> pa.Table:
    """Times of last use (µs), by the keys' ids, as rows of `key_uses`."""
    return pa.table({"id": list(uses), "last_used_at": pa.array(uses.values(), pa.int64())})


def secret_table(secret: str, version: int) -> pa.Table:
    """The secret as the row of `token_secret`."""
    columns = {
        "id": pa.array([0], pa.uint8()),
        "version": pa.array([version], pa.int64()),
        "secret": pa.array([secret]),
    }
    return pa.table(columns)


def load_token_secret(client: Client) -> str | None:
    """The secret, None where there is none yet."""
    rows = client.query("SELECT secret FROM token_secret FINAL").result_rows
    return next((str(secret) for (secret,) in rows), None)


def revoked_since(client: Client, key_id: str) -> int | None:
    """When a key that is stored was revoked (µs), None where it was not."""
    rows = client.query(
        "SELECT revoked_at FROM access_keys FINAL WHERE id = {id:String}", {"id": key_id}
    ).result_rows
    return next((None if since is None else int(since) for (since,) in rows), None)


def load_keys(client: Client) -> list[StoredKey]:
    """Every access key, oldest first."""
    uses = {
        str(key_id): int(used)
        for key_id, used in client.query(
            "SELECT id, max(last_used_at) FROM key_uses GROUP BY id"
        ).result_rows
    }
    rows = client.query(
        f"SELECT id, name, hash, permissions, limits, {', '.join(SCOPE_LISTS)}, "
        "created_at, expires_at, revoked_at, last_used_at FROM access_keys FINAL "
        "ORDER BY created_at, id"
    ).result_rows
    found: list[StoredKey] = []
    for id_, name, hash_, permissions, limits, *rest in rows:
        lists = dict(zip(SCOPED, rest[:3], strict=True))
        scope = Scope(*(frozenset(lists[kind]) if kind in limits else None for kind in SCOPED))
        allowed = frozenset(Permission(one) for one in permissions)
        key = StoredKey(id_, name, hash_, allowed, scope, *rest[3:])
        used = max(
            (one for one in (key.last_used_at, uses.get(id_)) if one is not None), default=None
        )
        found.append(replace(key, last_used_at=used))
    return found
