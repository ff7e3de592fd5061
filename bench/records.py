"""The synthetic calls that are sent, and the tenant and the city that are asked for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from callistics.synthetic.stream import batches

SEED = 1
MONTH = "2025-12"


@cache
def lines(calls: int) -> Sequence[bytes]:
    """Records as lines of NDJSON; a ninth or so of them are late scores of earlier calls."""
    return [line.encode() for batch in batches(calls, SEED) for line in batch.lines]


def bodies(calls: int, size: int) -> Iterator[bytes]:
    """The records as NDJSON bodies of `size` records."""
    made = lines(calls)
    return (b"".join(made[start : start + size]) for start in range(0, len(made), size))


@dataclass(frozen=True, slots=True)
class Target:
    """The merchant with most calls of the month, its commonest city, and that of all calls."""

    merchant: str
    merchant_city: str
    city: str


@cache
def target(calls: int) -> Target:
    """What questions about these calls name."""
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    found = [call for line in lines(calls) if "started_at" in (call := decode(line))]
    month = [call for call in found if call["started_at"].startswith(MONTH)]
    merchant = _commonest([call["merchant_id"] for call in month])
    own = [call for call in month if call["merchant_id"] == merchant]
    return Target(merchant, _commonest(_cities(own)), _commonest(_cities(found)))


def _cities(calls: list[dict[str, Any]]) -> list[str]:
    return [call["payload"]["city"] for call in calls if "city" in call["payload"]]


def _commonest(values: list[str]) -> str:
    return Counter(values).most_common(1)[0][0]
