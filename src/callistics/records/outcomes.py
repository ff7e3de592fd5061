"""How outcomes compare where success is asked for."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def outcome_key(outcome: str) -> str:
    """An outcome in upper case, `-` and space as `_`.

    Settled here, as databases do not agree on the upper case of every letter.
    """
    return outcome.upper().replace("-", "_").replace(" ", "_")
