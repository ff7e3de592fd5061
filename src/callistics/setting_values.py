"""How the values of settings are read: each from a text, or from what TOML has."""

import json
import re
from collections.abc import Callable
from typing import Any, cast

from callistics.timezones import zone_names

Parse = Callable[[object], Any]


def read_text(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value.strip()


def read_whole(low: int, high: int) -> Parse:
    """A whole number within limits."""

    def parse(value: object) -> int:
        try:
            number = int(value) if isinstance(value, str | int) else None
        except ValueError:
            number = None
        if number is None or isinstance(value, bool) or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low:,} to {high:,}")
        return number

    return parse


def read_number(low: float, high: float) -> Parse:
    """A number within limits."""

    def parse(value: object) -> float:
        try:
            number = float(value) if isinstance(value, str | int | float) else None
        except ValueError:
            number = None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return number

    return parse


def read_choice(*choices: str) -> Parse:
    """One of a few words."""

    def parse(value: object) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return parse


_FLAGS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def read_flag(value: object) -> bool:
    """True or false, or a word for it."""
    found = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be true or false")
    return found


def read_names(value: object) -> tuple[str, ...] | None:
    """A list, as a TOML or JSON array or separated by commas; an empty one is "not set"."""
    return read_texts(value) or None


def read_success(value: object) -> tuple[str, ...] | None:
    """A list of outcomes; an empty one is "not set"."""
    return read_outcomes(value) or None


def read_unreached(value: object) -> tuple[str, ...] | None:
    """A list of outcomes; an empty array is none at all, an empty text is "not set"."""
    outcomes = read_outcomes(value)
    return None if isinstance(value, str) and not value.strip() else outcomes


def read_outcomes(value: object) -> tuple[str, ...]:
    """A list of outcomes, each with a letter or a digit."""
    names = read_texts(value)
    for name in names:
        if not any(map(str.isalnum, name)):
            raise ValueError(f"must name outcomes by letters or digits, not by {name!r}")
    return names


def read_texts(value: object) -> tuple[str, ...]:
    """A list of texts, as a TOML or JSON array or separated by commas."""
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
    items = cast("list[object]", value) if isinstance(value, list) else None
    texts = [item.strip() for item in items or () if isinstance(item, str)]
    if items is None or len(texts) < len(items):
        raise ValueError("must be a list of texts, such as new,contacted,converted")
    names = tuple(text for text in texts if text)
    if len(set(names)) < len(names):
        raise ValueError("must not name anything twice")
    return names


_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def read_origins(value: object) -> tuple[str, ...] | None:
    """Origins as browsers send them: scheme, host and port alone, in lower case."""
    names = read_names(value)
    for name in names or ():
        if name != "*" and not _ORIGIN.fullmatch(name):
            raise ValueError(
                "must be origins such as https://dashboard.example, in lower case and without a"
                " path, or * for all"
            )
    if names and "*" in names and len(names) > 1:
        raise ValueError("must not name others beside *")
    return names


def read_stage_lists(value: object) -> dict[str, tuple[str, ...]]:
    """A list of stages for each template: a TOML table or a JSON object."""
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"tpl_1": ["new", "converted"]}')
    lists = {name: read_names(stages) for name, stages in cast("dict[str, object]", value).items()}
    return {name: stages for name, stages in lists.items() if stages}


def read_zone(value: object) -> str:
    """The name of a time zone."""
    if not isinstance(value, str) or value not in zone_names():
        raise ValueError("must be an IANA time zone such as Europe/Lisbon")
    return str(value)


def read_size(value: object) -> str:
    """A size in bytes with a unit."""
    text = read_text(value).upper().replace(" ", "")
    number = text.rstrip("KMGTIB%")
    if not number.replace(".", "", 1).isdigit() or number == text:
        raise ValueError("must be a size such as 4GB")
    return text


def read_admin_key(value: object) -> str:
    """A key that nobody guesses."""
    text = read_text(value)
    if len(text) < 16:
        raise ValueError("must have at least 16 characters")
    return text
