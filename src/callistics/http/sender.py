"""Where a request came from."""

from collections.abc import Sequence
from typing import Any

from litestar import Request

from callistics.webhooks.admission import sender_of

# Of an IPv6 address with a zone.
_LONGEST = 64


def sender(request: Request[Any, Any, Any], proxies: Sequence[str]) -> str:
    """The address of the client: behind `proxies`, the one that the nearest other one says.

    It is empty where there is no connection.
    """
    peer = "" if request.client is None else request.client.host
    if not proxies:
        return peer
    forwarded = ", ".join(request.headers.getall("x-forwarded-for", []))
    # Anything may stand there, and it is kept for a while.
    return sender_of(peer, forwarded, proxies)[:_LONGEST]
