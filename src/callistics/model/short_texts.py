"""Results that are kept for texts that come again, as long as these are short."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

LONGEST = 512

Texts = ParamSpec("Texts")
R = TypeVar("R")


def kept_for_short_texts(
    entries: int, longest: int = LONGEST
) -> Callable[[Callable[Texts, R]], Callable[Texts, R]]:
    """Keeps a function's results for as many texts, or pairs; the least recently used go.

    What has more than `longest` characters is worked out each time: payloads may hold transcripts,
    and as many of these would take the memory of everything else.
    """

    def decorate(function: Callable[Texts, R]) -> Callable[Texts, R]:
        kept = lru_cache(entries)(function)

        @wraps(function)
        def call(*given: Texts.args, **named: Texts.kwargs) -> R:
            if sum(map(len, cast("tuple[str | bytes, ...]", given))) <= longest:
                return kept(*given, **named)
            return function(*given, **named)

        return call

    return decorate
