"""Access keys as they are stored: never the key itself, only its hash."""

from dataclasses import dataclass, replace
from enum import StrEnum

from callistics.model.scope import EVERYTHING, Scope


class Permission(StrEnum):
    """What a key may do."""

    QUERY = "query"
    INGEST = "ingest"
    ERASE = "erase"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An access key. Times are instants (µs); `hash` is the SHA-256 of the key, in hex."""

    id: str
    name: str
    hash: str
    permissions: frozenset[Permission]
    scope: Scope = EVERYTHING
    created_at: int = 0
    expires_at: int | None = None
    revoked_at: int | None = None
    last_used_at: int | None = None


def still_revoked(key: StoredKey, since: int | None) -> StoredKey:
    """A key as it is to be stored in the place of one that was revoked at an instant (µs), or not.

    What is revoked stays so, as of the first time.
    """
    if since is None:
        return key
    first = since if key.revoked_at is None else min(since, key.revoked_at)
    return replace(key, revoked_at=first)
