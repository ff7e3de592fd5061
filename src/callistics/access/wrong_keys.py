"""A limit on wrong keys by the address that they come from.

Keys that were right before at an address pass there whatever else comes from it, so that one client
with a wrong key stops no other behind the same proxy. Whoever tries keys that others hold is
refused before any is looked up.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network

from callistics.access.limiter import RateLimiter
from callistics.errors import RateLimited

_ADDRESSES, _KEYS = 10_000, 64
"""Of so many addresses it is known which keys were right there, and of so many keys of each."""
# Whoever has one address of the sixth version has as many.
_IPV6_PREFIX = 64


@lru_cache(4_096)
def group_of(address: str) -> str:
    """What is limited together: an address, of the sixth version the network of one subscriber."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _IPV6_PREFIX), strict=False))


class WrongKeys:
    """Allows `per_minute` wrong keys of an address; 0 is no limit. Safe from many threads."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._limiter = RateLimiter(per_minute)
        self._right: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str, digest: str) -> None:
        """Raises `RateLimited` for a key that may not be tried from an address just now."""
        if self._per_minute and not self._was_right(group_of(address), digest):
            with self._lock:
                self._limited(self._limiter.check_left, group_of(address))

    def wrong(self, address: str) -> None:
        """Count a wrong key. Raises `RateLimited` beyond the limit."""
        if self._per_minute:
            with self._lock:
                self._limited(self._limiter.check, group_of(address))

    def right(self, address: str, digest: str) -> None:
        """Note that a key was right."""
        group = group_of(address)
        if not self._per_minute or self._was_right(group, digest):
            return
        with self._lock:
            keys = self._right.setdefault(group, OrderedDict())
            self._right.move_to_end(group)
            keys[digest] = None
            if len(keys) > _KEYS:
                keys.popitem(last=False)
            if len(self._right) > _ADDRESSES:
                self._right.popitem(last=False)

    def _was_right(self, group: str, digest: str) -> bool:
        return digest in self._right.get(group, ())

    def _limited(self, check: Callable[[str], None], group: str) -> None:
        try:
            check(group)
        except RateLimited as error:
            text = "too many wrong keys came from this address"
            raise RateLimited(text, retry_after=error.retry_after) from None
