"""The longest text of a record and of a setting that names one."""

MAX_TEXT = 1_024


def limited(text: str) -> str:
    """The text. Raises `ValueError` if it is longer than `MAX_TEXT` characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT:,} characters")
    return text
