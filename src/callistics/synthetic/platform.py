"""What a voice-AI platform tells of a call besides: agent, language, answer, end and cost.

All of it is drawn from the number of the call, so that calls are otherwise the same with it and
without it.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from callistics.synthetic.profiles import REGIONS
from callistics.synthetic.tables import spread

COLUMNS = {
    "agent_id": "VARCHAR",
    "language": "VARCHAR",
    "answered_at": "TIMESTAMPTZ",
    "end_reason": "VARCHAR",
    "cost": "DECIMAL(18, 6)",
    "currency": "VARCHAR",
}
"""The fields, with their types in a Parquet file."""
AGENTS = ("asha", "marco", "lena", "sam", "priya", "diego")
_GOOD = frozenset({"confirmed", "interested"})
# Of 64 calls of a template that its second agent makes, by how they ended: it does a little better.
_SECOND, _SECOND_OF_GOOD = 19, 26
_LANGUAGES = 64
_TALKED = ("customer-ended-call", "customer-ended-call", "assistant-ended-call")
_END_REASONS: Mapping[str, Sequence[str]] = {
    "callback": ("assistant-ended-call", "silence-timed-out"),
    "unclear": ("customer-ended-call", "silence-timed-out", "assistant-error"),
    "voicemail": ("voicemail",),
    "silent": ("customer-did-not-answer",),
    "busy": ("customer-busy",),
    "failed": ("failed-to-connect", "failed-to-connect", "number-not-in-service"),
}
_PRICES = (("INR", 4_200_000), ("EUR", 110_000), ("USD", 90_000))
"""By region: the currency, and millionths of it for a minute."""
_SETUP = 20
"""The cost of connecting, as a part of a minute's: 1 in so many."""
_STEP = 6
"""Seconds that are charged at once."""


def told(template: int, region: int, word: int, key: str, seconds: int | None, bits: int) -> str:
    """The fields but for the answer as JSON, led by a comma.

    `template` and `region` are their places, `word` is the lead's, `key` how the call ended;
    `seconds` is its length, None where nobody answered.
    """
    reasons = _END_REASONS.get(key, _TALKED)
    agent = AGENTS[(template + _is_second(key, bits)) % len(AGENTS)]
    currency, minute = _PRICES[region]
    cost = 0 if seconds is None else minute // _SETUP + minute * -(-seconds // _STEP) * _STEP // 60
    return (
        f',"agent_id":"{agent}","language":"{_languages(region)[word % _LANGUAGES]}"'
        f',"end_reason":"{reasons[(bits >> 6) % len(reasons)]}"'
        f',"cost":{cost / 1_000_000},"currency":"{currency}"'
    )


def ring(seconds: int, bits: int) -> int:
    """Milliseconds until a call of so many seconds was answered."""
    return min(3_000 + (bits >> 12) % 15_000, seconds * 500)


def _is_second(key: str, bits: int) -> bool:
    return (bits & 63) < (_SECOND_OF_GOOD if key in _GOOD else _SECOND)


@cache
def _languages(region: int) -> Sequence[str]:
    weights = REGIONS[region].languages
    return spread(tuple(weights), tuple(weights.values()), _LANGUAGES)
