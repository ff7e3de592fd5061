"""When a call counts as a success and as reached, written plainly and apart from the product."""

import unicodedata
from functools import lru_cache

from .settings import ReferenceSettings


@lru_cache(10_000)
def key(outcome: str) -> str:
    """The text that outcomes are compared by; empty where the text says nothing."""
    words: list[str] = [""]
    for character in unicodedata.normalize("NFKC", outcome).upper():
        if unicodedata.category(character) in {
            "Lu",
            "Ll",
            "Lt",
            "Lm",
            "Lo",
            "Mn",
            "Mc",
            "Me",
            "Nd",
        }:
            words[-1] += character
        else:
            words.append("")
    return "_".join(word for word in words if word)


def is_success(settings: ReferenceSettings, outcome: str | None, success: bool | None) -> bool:
    """Whether the call reached its aim: what it says itself goes first."""
    if success is not None:
        return success
    if outcome is None or key(outcome) == "":
        return False
    if settings.success_outcomes is not None:
        return key(outcome) in {key(name) for name in settings.success_outcomes}
    return not _is_unreached(settings, outcome)


def is_reached(
    settings: ReferenceSettings,
    outcome: str | None,
    answered_at: object | None,
    success: bool | None,
) -> bool:
    """Whether somebody was spoken to. `answered_at` counts by being there."""
    if outcome is not None and key(outcome) != "":
        return not _is_unreached(settings, outcome)
    return answered_at is not None or success is True


def _is_unreached(settings: ReferenceSettings, outcome: str) -> bool:
    return key(outcome) in {key(name) for name in settings.unreached_outcomes}
