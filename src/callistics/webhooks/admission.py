"""Whether a request may come to an endpoint: its sender's address, and its signature."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

from callistics.errors import Unauthorized
from callistics.model.webhooks import StoredEndpoint
from callistics.webhooks.platforms import Platform
from callistics.webhooks.request import Received
from callistics.webhooks.signatures import CHECKS

_network = lru_cache(ip_network)
_PORTED = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


def admit(request: Received, sender: str, endpoint: StoredEndpoint, platform: Platform) -> None:
    """Raises `Unauthorized` where the address is not listed, or the signature is wrong."""
    if endpoint.addresses and not is_within(sender, endpoint.addresses):
        raise Unauthorized("the endpoint takes nothing from this address")
    if platform.signature is None:
        return
    # All are tried, so that the time taken does not tell which is right.
    if not sum(_is_signed(request, secret, platform.signature) for secret in endpoint.secrets):
        raise Unauthorized("the signature is missing, wrong or too old")


def _is_signed(request: Received, secret: str, way: str) -> bool:
    """Whether it is; what cannot even be read is not."""
    try:
        return CHECKS[way](request, secret)
    except (ValueError, RecursionError):
        return False


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is one of some addresses and networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in _network(one) for one in networks)


def sender_of(peer: str, forwarded: str, proxies: Sequence[str]) -> str:
    """The address that a request came from: behind proxies, what the nearest other one says.

    `forwarded` is `X-Forwarded-For`, which anybody may write but the `proxies`.
    """
    names = [_without_port(one.strip()) for one in forwarded.split(",") if one.strip()]
    sender = peer
    while names and is_within(sender, proxies):
        sender = names.pop()
    return sender


def _without_port(written: str) -> str:
    """An address as some proxies write it, with the port that a connection came from."""
    found = _PORTED.fullmatch(written)
    return written if found is None else found[1] or found[2]
