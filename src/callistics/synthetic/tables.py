"""Small tools of the generator: lookup tables in place of arithmetic, and ids without storage."""

import math
from collections.abc import Sequence
from itertools import accumulate
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

WORD_BITS = 45
_WORD_MASK = (1 << WORD_BITS) - 1
_ID_MASK = (1 << 120) - 1
_ID_FACTOR = 0x9E3779B97F4A7C15F39CC0605CEDC9
_HEX = tuple(f"{number:04x}" for number in range(1 << 16))
_HEX3 = tuple(f"{number:03x}" for number in range(1 << 12))


def spread(items: Sequence[T], weights: Sequence[float], size: int) -> list[T]:
    """`size` entries, each item as often as its weight says, in the order of the items.

    A uniform index into the list is a weighted draw. An item worth less than half an entry may
    be missing.
    """
    ends = list(accumulate(weights))
    table: list[T] = []
    for item, end in zip(items, ends, strict=True):
        table.extend([item] * (round(size * end / ends[-1]) - len(table)))
    return table


def normal_quantiles(size: int) -> list[float]:
    """The standard normal distribution as `size` equally likely values, ascending."""
    normal = NormalDist()
    return [normal.inv_cdf((index + 0.5) / size) for index in range(size)]


def lengths(median: float, sigma: float, quantiles: Sequence[float], longest: int) -> list[int]:
    """A log-normal distribution of whole seconds from 2 to `longest`, one per quantile."""
    return [min(max(round(median * math.exp(sigma * z)), 2), longest) for z in quantiles]


def moods(centre: float, quantiles: Sequence[float]) -> list[str]:
    """Sentiments strictly between 0 and 1 around `centre`, as JSON numbers of 3 decimals."""
    middle = math.log(centre / (1 - centre))
    return [f"{1 / (1 + math.exp(-middle - 0.8 * z)):.3f}" for z in quantiles]


def mixed(number: int) -> int:
    """`WORD_BITS` bits that look random, another value for each number below 2**WORD_BITS."""
    word = number * 0x1B873593CC9F & _WORD_MASK
    word = (word ^ word >> 23) * 0x165667B19E37 & _WORD_MASK
    return word ^ word >> 22


def uuid_text(number: int) -> str:
    """A text of the form of a UUID, another one for each number below 2**120."""
    n = number * _ID_FACTOR & _ID_MASK
    return (
        f"{_HEX[n >> 104]}{_HEX[n >> 88 & 0xFFFF]}-{_HEX[n >> 72 & 0xFFFF]}"
        f"-4{_HEX3[n >> 60 & 0xFFF]}-a{_HEX3[n >> 48 & 0xFFF]}"
        f"-{_HEX[n >> 32 & 0xFFFF]}{_HEX[n >> 16 & 0xFFFF]}{_HEX[n & 0xFFFF]}"
    )
