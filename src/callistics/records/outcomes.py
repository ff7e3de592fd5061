"""How outcomes compare where success and reach are asked for."""

import re
import unicodedata
from functools import lru_cache

from callistics.model.short_texts import kept_for_short_texts

_UNDERSCORES = re.compile("__+")


@kept_for_short_texts(4_096)
def outcome_key(outcome: str) -> str | None:
    """An outcome in NFKC and upper case, every run of other than letters, marks and digits as `_`.

    There is none at either end. None where nothing is left: then the call has no outcome here.
    Settled here, as databases do not agree on the upper case of every letter.
    """
    upper = unicodedata.normalize("NFKC", outcome).upper()
    text = "".join(character if _stays(character) else "_" for character in upper)
    return _UNDERSCORES.sub("_", text).strip("_") or None


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd"


@lru_cache(maxsize=64)
def outcome_keys(outcomes: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of several outcomes, each once, in their order."""
    return tuple(key for key in dict.fromkeys(map(outcome_key, outcomes)) if key is not None)
