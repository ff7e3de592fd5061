"""Targets that take each other's place."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from callistics.mapping.paths import path_of


def clash(targets: Iterable[str]) -> str | None:
    """What is wrong with targets that take each other's place."""
    listed = list(targets)
    twice = next((target for target, times in Counter(listed).items() if times > 1), None)
    if twice is not None:
        return f"{twice} is filled twice"
    # In this order a path comes right before those that it begins.
    for outer, inner in pairwise(sorted(map(path_of, listed))):
        if len(outer) > 1 and inner[: len(outer)] == outer:
            return f"{'.'.join(outer)} cannot be a value and hold {'.'.join(inner)} as well"
    return None
