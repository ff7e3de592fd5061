"""The longest text of a record and of a setting that names one; what a name is written in."""

import re

MAX_TEXT = 1_024
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def limited(text: str) -> str:
    """The text. Raises `ValueError` if it is longer than `MAX_TEXT` characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT:,} characters")
    return text


def is_one_line(text: str) -> bool:
    """Whether a text has no line breaks, and nothing else that a terminal or a mail acts upon."""
    return _CONTROLS.search(text) is None
