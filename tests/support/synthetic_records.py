"""Synthetic calls that many tests look at, generated once in a process."""

from functools import cache
from typing import Any

from callistics.synthetic import generate_calls

CALLS, SEED = 10_000, 7

Record = dict[str, Any]


@cache
def synthetic_records() -> tuple[Record, ...]:
    """Every record of `CALLS` calls, in the order of the stream."""
    return tuple(generate_calls(CALLS, SEED))
