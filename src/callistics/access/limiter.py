"""Requests per minute and key: a bucket that refills steadily."""

import math
import time

from callistics.errors import RateLimited


class RateLimiter:
    """Allows each key `per_minute` requests, in bursts of up to as many; 0 is no limit."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: dict[str, tuple[float, float]] = {}

    def check(self, key_id: str) -> None:
        """Count a request. Raises `RateLimited` with the seconds to wait."""
        if not self._per_minute:
            return
        now = time.monotonic()
        left, seen = self._buckets.get(key_id, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - seen) * self._per_minute / 60)
        if left < 1:
            self._buckets[key_id] = (left, now)
            error = RateLimited(f"more than {self._per_minute:,} requests in a minute")
            error.retry_after = max(1, math.ceil((1 - left) * 60 / self._per_minute))
            raise error
        self._buckets[key_id] = (left - 1, now)
