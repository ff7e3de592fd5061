"""When a request is sent again, and after how long: one rule for whoever sends it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from callistics.problem_types import QUERY_TIMED_OUT, STORAGE_FAILED, ProblemType

Outcome = httpx.Response | httpx.RequestError
"""What became of sending a request once."""

# Nothing was done: these are told before a request is worked on, but where storage failed.
_NOT_DONE = frozenset({408, 429, 503})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NEVER = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.TooManyRedirects)
_FIRST_PAUSE, _LEAST_PAUSE = 0.5, 0.1
LONGEST_PAUSE = 30.0
"""Seconds; who is asked to wait for longer comes back before."""


def is_passing(status: int) -> bool:
    """Whether the same request may well go through later."""
    return status in (408, 409, 429) or status >= 500


def is_busy(status: int) -> bool:
    """Whether a server asks to come back later."""
    return status in (429, 503)


@dataclass(frozen=True, slots=True)
class Retrying:
    """At most so many `times`, for at most so many `seconds` of waiting, at these statuses.

    `only_reached`: a server that never answered is not waited for. `late`: also where the answer
    did not come in time. Pauses are up to `spread` shorter than the rule says, so that many clients
    do not come back at once.
    """

    times: float = 2
    seconds: float = float("inf")
    at: Callable[[int], bool] = is_passing
    only_reached: bool = False
    late: bool = True
    spread: float = 0.25


class Tries:
    """One request on its way. `repeatable`: sending it twice does no harm."""

    def __init__(self, retrying: Retrying, *, repeatable: bool, reached: bool) -> None:
        self._retrying = retrying
        self._repeatable, self._reached = repeatable, reached
        self._times, self._waited = 0, 0.0

    def pause(self, outcome: Outcome) -> float | None:
        """Seconds to wait before it is sent again; None where it is not."""
        if not self._helps(outcome) or self._times >= self._retrying.times:
            return None
        pause = self._length(outcome)
        if self._waited + pause > self._retrying.seconds:
            return None
        self._times += 1
        self._waited += pause
        return pause

    def _helps(self, outcome: Outcome) -> bool:
        if isinstance(outcome, httpx.Response):
            return self._helps_at(outcome)
        if isinstance(outcome, _NEVER) or (self._retrying.only_reached and not self._reached):
            return False
        if isinstance(outcome, _NOT_SENT):
            return True
        in_time = not isinstance(outcome, httpx.TimeoutException)
        return self._repeatable and (in_time or self._retrying.late)

    def _helps_at(self, response: httpx.Response) -> bool:
        status = response.status_code
        if response.is_success or not self._retrying.at(status):
            return False
        if _is(response, QUERY_TIMED_OUT):
            # The query would run past its limit again.
            return False
        return self._repeatable or (status in _NOT_DONE and not _is(response, STORAGE_FAILED))

    def _length(self, outcome: Outcome) -> float:
        """As asked for, else longer each time."""
        asked = asked_pause(outcome) if isinstance(outcome, httpx.Response) else None
        if asked is not None:
            return min(max(asked, _LEAST_PAUSE), LONGEST_PAUSE)
        pause = min(max(_FIRST_PAUSE, self._waited), LONGEST_PAUSE)
        return pause * (1 - random.uniform(0, self._retrying.spread))  # noqa: S311 - no secret


def _is(response: httpx.Response, kind: ProblemType) -> bool:
    return response.status_code == kind.status and kind.uri.encode() in response.content


def asked_pause(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which may be a date; None where it says nothing."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    now = _moment(response.headers.get("Date", "")) or datetime.now(UTC)
    return (moment - now).total_seconds()


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
