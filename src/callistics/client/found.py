"""Answers other than rows of figures, as frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
"""A call or lead as it is shown: numbers are int or Decimal, times are texts with their offset."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some calls of a search; `next_cursor` leads to those that follow, None after the last."""

    calls: Sequence[Record]
    next_cursor: str | None
    range: str
    complete_until: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, and how many calls have it."""

    value: str
    calls: int


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """A key of payloads, the JSON types that it held, and how many recent calls have it."""

    key: str
    types: tuple[str, ...]
    calls: int


@dataclass(frozen=True, slots=True)
class PayloadKeys:
    """The keys; `complete` is False where payloads have more than these."""

    keys: tuple[PayloadKey, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Key:
    """An access key; `secret` is what requests are sent with, shown once, when it is made."""

    id: str
    name: str
    permissions: tuple[str, ...]
    scope: Mapping[str, Sequence[str]]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    secret: str | None = field(default=None, repr=False)
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class EmbedToken:
    """A signed token that can query and nothing else, and the page to embed with it."""

    token: str = field(repr=False)
    expires_at: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries of the audit log; `next_cursor` leads to those that follow, None at the end."""

    entries: Sequence[Record]
    next_cursor: str | None


def audit_page_of(body: Mapping[str, Any]) -> AuditPage:
    """The entries that an answer lists."""
    return AuditPage(body["data"], body["next_cursor"])


@dataclass(frozen=True, slots=True)
class Erased:
    """How many calls and leads were erased."""

    calls: int
    leads: int


def erased_of(body: Mapping[str, Any]) -> Erased:
    """What an answer says was erased."""
    return Erased(body["calls"], body["leads"])


def values_of(body: Mapping[str, Any]) -> list[Value]:
    """The values that an answer lists."""
    return [Value(one["value"], one["calls"]) for one in body["data"]]


def payload_keys_of(body: Mapping[str, Any]) -> PayloadKeys:
    """The keys that an answer lists."""
    keys = (PayloadKey(one["key"], tuple(one["types"]), one["calls"]) for one in body["data"])
    return PayloadKeys(tuple(keys), body["complete"])


def key_of(body: Mapping[str, Any]) -> Key:
    """The key that an answer shows."""
    return Key(
        body["id"],
        body["name"],
        tuple(body["permissions"]),
        body["scope"],
        body["created_at"],
        body["expires_at"],
        body["revoked_at"],
        body["last_used_at"],
        body.get("key"),
        body.get("days_left"),
    )


def keys_of(body: Mapping[str, Any]) -> list[Key]:
    """The keys that an answer lists."""
    return [key_of(one) for one in body["keys"]]


def token_of(body: Mapping[str, Any]) -> EmbedToken:
    """The token that an answer shows."""
    return EmbedToken(body["token"], body["expires_at"], body["url"])
