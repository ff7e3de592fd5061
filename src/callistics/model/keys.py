"""Access keys as they are stored: never the key itself, only its hash."""

from dataclasses import dataclass
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
