"""Results that are kept for texts that come again, as long as both are short."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple, cast

LONGEST = 512
"""Characters of the texts that a result is kept for."""
LARGEST = 4_096
"""The size that a result may have to be kept."""

Texts = TypeVarTuple("Texts")
R = TypeVar("R")


def _length(made: object) -> int:
    """The characters of a text, or of the texts in a tuple."""
    if isinstance(made, str | bytes):
        return len(made)
    return sum(map(_length, cast("tuple[object, ...]", made))) if isinstance(made, tuple) else 0


def kept_for_short_texts(
    most: int, size: Callable[[Any], int] = _length
) -> Callable[[Callable[[*Texts], R]], Callable[[*Texts], R]]:
    """Keeps up to `most` results of a function of one or more texts; when they are as many, anew.

    What has longer texts, or a result of a larger `size`, is worked out each time: payloads may
    hold transcripts, and `1e999` is short for a thousand digits.
    """

    def decorate(function: Callable[[*Texts], R]) -> Callable[[*Texts], R]:
        kept: dict[object, tuple[R]] = {}

        @wraps(function)
        def call(*texts: *Texts) -> R:
            found = kept.get(texts)
            if found is not None:
                return found[0]
            made = function(*texts)
            if _length(texts) <= LONGEST and size(made) <= LARGEST:
                if len(kept) >= most:
                    kept.clear()
                kept[texts] = (made,)
            return made

        return call

    return decorate
