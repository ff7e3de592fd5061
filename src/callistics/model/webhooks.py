"""What is stored of webhooks: endpoints, the bodies that came, and what became of each body."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from callistics.model.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class StoredEndpoint:
    """A webhook endpoint. Times are in µs; `token_hash` is the SHA-256 of its token, in hex.

    `secrets` are kept as they are, as signatures are checked with them. What is mapped lies within
    `scope`. Names that end in `_from` are paths in a body.
    """

    id: str
    token_hash: str
    source: str
    scope: Scope = EVERYTHING
    merchant_id: str | None = None
    merchant_from: str | None = None
    reseller_id: str | None = None
    reseller_from: str | None = None
    template_from: str | None = None
    secrets: tuple[str, ...] = ()
    payload_keep: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    created_at: int = 0
    ended_at: int | None = None


def endpoint_text(endpoint: StoredEndpoint) -> str:
    """An endpoint as the text that is stored."""
    return msgspec.json.encode(endpoint).decode()


def read_endpoint(text: str) -> StoredEndpoint:
    """The endpoint of a text that was stored."""
    return _read_endpoint(text)


_read_endpoint = msgspec.json.Decoder(StoredEndpoint).decode


@dataclass(frozen=True, slots=True)
class KeptBody:
    """The body of a webhook as it came, with its media type; `received_at` in µs."""

    id: str
    endpoint_id: str
    received_at: int
    content_type: str
    body: bytes


class BodyState(StrEnum):
    """What became of a body; one that has no state yet waits to be mapped.

    One that is erased, as it names what was erased, is deleted at once.
    """

    MAPPED = "mapped"
    IGNORED = "ignored"
    DEAD = "dead"
    ERASED = "erased"
    DROPPED = "dropped"


MAPPED_AS = (BodyState.MAPPED, BodyState.IGNORED, BodyState.DEAD, BodyState.ERASED)
"""What may become of a body when it is mapped."""


@dataclass(frozen=True, slots=True)
class BodyResult:
    """What became of a body at an instant (µs); the newest counts.

    `calls` are the (merchant_id, call_id) that it was mapped to, `reason` why it is a dead letter.
    """

    body_id: str
    at: int
    state: BodyState
    reason: str = ""
    calls: tuple[tuple[str, str], ...] = ()

    @property
    def calls_text(self) -> str:
        """The calls as JSON."""
        return msgspec.json.encode(self.calls).decode()


@dataclass(frozen=True, slots=True)
class WebhookChanges:
    """What a commit is to store of webhooks.

    Bodies that came before `purge_before` (µs) and were settled are deleted, and those that are of
    no more use.
    """

    endpoints: Sequence[StoredEndpoint] = ()
    results: Sequence[BodyResult] = ()
    purge_before: int | None = None

    @property
    def erased_bodies(self) -> Sequence[str]:
        """The ids of the bodies that are to be deleted at once."""
        return [one.body_id for one in self.results if one.state is BodyState.ERASED]
