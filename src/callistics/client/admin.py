"""The requests that make keys and tokens, which need an admin key."""

from collections.abc import Mapping, Sequence
from typing import Any

from callistics.client.bodies import Locked, Moment, Permission, Scope
from callistics.client.encoding import encoded
from callistics.client.found import (
    AuditPage,
    EmbedToken,
    Key,
    audit_page_of,
    key_of,
    keys_of,
    token_of,
)
from callistics.client.requests import JSON, Request, nothing, path_part, read_with


def create_key(
    name: str, permissions: Sequence[Permission], scope: Scope | None, expires_at: Moment | None
) -> Request[Key]:
    """A new key. Nobody knows what a lost answer made, so it is not asked for again."""
    body = {
        "name": name,
        "permissions": list(permissions),
        "scope": scope,
        "expires_at": expires_at,
    }
    return _made("/keys", body, read=read_with(key_of), repeatable=False)


def list_keys() -> Request[list[Key]]:
    """The keys within the scope of the one that asks."""
    return Request(method="GET", path="/keys", read=read_with(keys_of))


def rotate_key(key_id: str, overlap: int | None) -> Request[Key]:
    """A key that follows another. Nobody knows what a lost answer made."""
    path = f"/keys/{path_part(key_id)}/rotate"
    return _made(path, {"overlap": overlap}, read=read_with(key_of), repeatable=False)


def revoke_key(key_id: str) -> Request[None]:
    """Refuse a key from now on."""
    path = f"/keys/{path_part(key_id)}"
    return Request(method="DELETE", path=path, read=nothing)


def create_embed_token(
    scope: Scope, expires_in: int | None, locked: Locked | None, origins: Sequence[str] | None
) -> Request[EmbedToken]:
    """A new token; signing two instead of one does no harm."""
    body = {"scope": scope, "expires_in": expires_in, "locked": locked, "origins": origins}
    return _made("/embed-tokens", body, read=read_with(token_of))


def audit_page(
    action: str | None, begin: str | None, end: str | None, limit: int | None, cursor: str | None
) -> Request[AuditPage]:
    """A page of the audit log."""
    given = {"action": action, "from": begin, "to": end, "limit": limit, "cursor": cursor}
    params = {name: str(value) for name, value in given.items() if value is not None}
    return Request(method="GET", path="/audit", params=params, read=read_with(audit_page_of))


def revoke_embed_tokens() -> Request[None]:
    """Refuse every token that was signed so far."""
    return Request(method="DELETE", path="/embed-tokens", read=nothing)


def _made(path: str, body: Mapping[str, object], **how: Any) -> Request[Any]:
    given = {name: value for name, value in body.items() if value is not None}
    return Request(method="POST", path=path, content=encoded(given), headers=JSON, **how)
