"""What the log line of a request says besides its route and status: its key, why it is refused.

Values that clients send are never logged, and of the keys of their JSON objects only what looks
like a name of the product's own: payloads are keyed by whatever a platform likes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_SHOWN = 5
_NAME = re.compile("[a-z_]{1,40}|[0-9]{1,6}")
_FREE_FORM = ("payload", "payload_filters")


def note_key(scope: Mapping[str, Any], key_id: str) -> None:
    """Name the request's key in its line of log."""
    scope["state"]["log"] = {**noted(scope), "key": key_id}


def has_key(scope: Mapping[str, Any]) -> bool:
    """Whether a request has a key that was known when it began."""
    return "key" in noted(scope)


@dataclass(frozen=True, slots=True)
class Admitted:
    """As of which state of the keyring a request's key was let in, and when (µs) it ends."""

    revision: int
    expires_at: int | None


def note_admitted(scope: Mapping[str, Any], known: Admitted) -> None:
    """Keep how the request's key was let in; tokens are read anew each time."""
    scope["state"]["admitted"] = known


def admitted(scope: Mapping[str, Any]) -> Admitted | None:
    """How the request's key was let in."""
    return scope["state"].get("admitted")


def note_key_end(scope: Mapping[str, Any], ends: int | None) -> None:
    """Have the answer say when (µs) the request's key ends."""
    scope["state"]["key_ends"] = ends


def key_end(scope: Mapping[str, Any]) -> int | None:
    """When (µs) the request's key ends, where the answer is to say so."""
    return scope["state"].get("key_ends")


def note_endpoint(scope: Mapping[str, Any], endpoint_id: str, source: str) -> None:
    """Name the webhook endpoint that a request came to in its line of log."""
    scope["state"]["log"] = {**noted(scope), "endpoint": endpoint_id, "source": source}


def note_problem(
    scope: Mapping[str, Any], name: str, detail: str | None, pointers: Iterable[str] = ()
) -> None:
    """Name in the request's line of log why it is refused.

    `detail` must hold nothing that the client sent.
    """
    found: dict[str, object] = {**noted(scope), "problem": name}
    fields = [shown for shown in map(loggable, pointers) if shown][: _SHOWN + 1]
    if fields:
        found["fields"] = [*fields[:_SHOWN], "…"] if len(fields) > _SHOWN else fields
    elif detail:
        found["reason"] = detail
    scope["state"]["log"] = found


def loggable(pointer: str) -> str:
    """A JSON pointer without what could be a client's own words or numbers.

    Shape: `/17/payload_filters/phone` is `/17/payload_filters`, `/+49123` is `/*`.
    """
    steps: list[str] = []
    for step in pointer.split("/")[1:]:
        steps.append(step if _NAME.fullmatch(step) else "*")
        if step in _FREE_FORM:
            break
    return "".join(f"/{step}" for step in steps)


def route_of(scope: Mapping[str, Any]) -> str:
    """The route that a request came to, `unknown` where none matched.

    It is what is logged in the place of paths: these hold the tokens of webhooks and ids.
    """
    return str(scope.get("path_template") or "unknown")


def noted(scope: Mapping[str, Any]) -> dict[str, object]:
    """What the parts of the server have noted of the request."""
    return scope["state"].get("log", {})
