"""The longest text of a record and of a setting that names one, and how things are counted."""

MAX_TEXT = 1_024


def limited(text: str) -> str:
    """The text. Raises `ValueError` if it is longer than `MAX_TEXT` characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT:,} characters")
    return text


def counted(number: int, what: str) -> str:
    """A number with the noun that it counts, given in its singular: `1 call`, `2,000 calls`."""
    plural = what if number == 1 else what[:-1] + "ies" if what.endswith("ry") else what + "s"
    return f"{number:,} {plural}"
