"""A made-up call as a platform tells of it, event by event."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from support.webhook_signing import FORM, JSON

Event = tuple[bytes, str]
"""A body and its content type."""


def in_json(**members: Any) -> Event:
    return json.dumps(members).encode(), JSON


def form(**fields: str) -> Event:
    return urlencode(fields).encode(), FORM


@dataclass(frozen=True)
class PlatformCall:
    """The events of a call, and what is to be shown of it once all have come."""

    call_id: str
    events: Sequence[Event]
    shown: Mapping[str, Any] = field(default_factory=dict[str, Any])
    more: Sequence[Event] = ()
    """Events that say nothing of a call."""


class Detail(NamedTuple):
    """A call of a source that is easily read wrongly."""

    source: str
    call: PlatformCall
