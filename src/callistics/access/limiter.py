"""Requests, and queries, per minute and key: a bucket that refills steadily."""

import math
import time

from callistics.errors import RateLimited

# From so many on, those that are full are dropped.
_MANY = 10_000


class RateLimiter:
    """Allows each key `per_minute` requests, in bursts of up to as many; 0 is no limit."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: dict[str, tuple[float, float]] = {}
        self._sweep_at = _MANY

    def check(self, key_id: str) -> None:
        """Count a request. Raises `RateLimited` with the seconds to wait."""
        self._take(key_id, 1, 1)

    def check_left(self, key_id: str) -> None:
        """Count nothing. Raises `RateLimited` where nothing is left."""
        self._take(key_id, 0, 1)

    def check_further(self, key_id: str, number: int) -> None:
        """Count what a request asks beside the one thing it was counted for. Raises `RateLimited`.

        What is more than a minute's may be asked at once where the minute was not begun; then as
        many minutes go by as it was asked for before anything is left again.
        """
        self._take(key_id, number, min(number, self._per_minute - 1))

    def shown(self, key_id: str) -> tuple[int, int, int] | None:
        """The requests of a minute, how many are left, and the seconds until all are again.

        None where there is no limit.
        """
        if not self._per_minute:
            return None
        left = self._left(key_id, time.monotonic())
        seconds = math.ceil((self._per_minute - left) * 60 / self._per_minute)
        return self._per_minute, max(0, int(left)), seconds

    def _left(self, key_id: str, now: float) -> float:
        left, seen = self._buckets.get(key_id, (float(self._per_minute), now))
        return min(self._per_minute, left + (now - seen) * self._per_minute / 60)

    def _take(self, key_id: str, number: int, least: int) -> None:
        """Take a number off what is left, of which there must be so much at least."""
        if not self._per_minute:
            return
        now = time.monotonic()
        left = self._left(key_id, now)
        if left < least:
            self._buckets[key_id] = (left, now)
            text = f"more than {self._per_minute:,} requests in a minute"
            seconds = math.ceil((least - left) * 60 / self._per_minute)
            raise RateLimited(text, retry_after=max(1, seconds))
        self._buckets[key_id] = (left - number, now)
        if len(self._buckets) > self._sweep_at:
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        """Forget the keys that have all of their requests again: tokens come and go."""
        rate = self._per_minute / 60
        self._buckets = {
            key_id: (left, seen)
            for key_id, (left, seen) in self._buckets.items()
            if left + (now - seen) * rate < self._per_minute
        }
        self._sweep_at = max(_MANY, 2 * len(self._buckets))
