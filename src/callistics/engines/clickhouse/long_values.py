"""Long values as several parameters, as a server limits each (http_max_field_value_size)."""

from collections.abc import Iterator, Sequence

MAX_BYTES = 60_000
"""What fits into the 128 KiB of one parameter, however much of it has to be escaped."""
# A character has up to four bytes.
_MAX_CHARACTERS = MAX_BYTES // 4
# Quotes and a comma about each text of a list.
_AROUND = 4


def cut(text: str) -> list[str]:
    """A text cut into parts that fit."""
    if len(text) <= _MAX_CHARACTERS:
        return [text]
    starts = range(0, len(text), _MAX_CHARACTERS)
    return [text[start : start + _MAX_CHARACTERS] for start in starts]


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """A list cut into parts that fit; a text that is too long by itself is alone in its part."""
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode()) + _AROUND
        if batch and size + length > MAX_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    yield batch
