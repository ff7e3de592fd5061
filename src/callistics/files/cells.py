"""Values of typed columns as JSON has them."""

import base64


def finite(value: float) -> float | str | None:
    """A number as JSON has it: none for NaN, a text for infinity."""
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    return str(value) if abs(value) == float("inf") else value


def bytes_text(value: bytes) -> str:
    """Bytes as text, else in base64: columns of text are often stored without being marked so."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
