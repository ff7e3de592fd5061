"""Whether times tell two things apart."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_CHANCE = 0.001
"""How likely it may be that chance alone makes one of all comparisons stand out."""


@dataclass(frozen=True)
class Times:
    """Seconds that a request took, by a name that is there and by one that is not, in turn."""

    what: str
    there: Sequence[float]
    never: Sequence[float]

    @property
    def difference(self) -> float:
        """Of the medians, in seconds."""
        return statistics.median(self.there) - statistics.median(self.never)

    @property
    def chance(self) -> float:
        """How likely ranks as uneven as these are by chance alone (Mann and Whitney)."""
        first, second = len(self.there), len(self.never)
        ordered = sorted([(one, True) for one in self.there] + [(one, False) for one in self.never])
        ranks = sum(place for place, (_, there) in enumerate(ordered, start=1) if there)
        expected = first * (first + second + 1) / 2
        spread = math.sqrt(first * second * (first + second + 1) / 12)
        return math.erfc(abs(ranks - expected) / spread / math.sqrt(2))

    def __str__(self) -> str:
        return f"{self.what} ({self.difference * 1e6:+.0f} µs, p = {self.chance:.1e})"


def told_apart(times: Sequence[Times]) -> list[Times]:
    """Those that stand out among all, by the rule of Holm and Bonferroni."""
    ordered = sorted(times, key=lambda one: one.chance)
    apart: list[Times] = []
    for place, one in enumerate(ordered):
        if one.chance * (len(ordered) - place) > _MOST_CHANCE:
            break
        apart.append(one)
    return apart
