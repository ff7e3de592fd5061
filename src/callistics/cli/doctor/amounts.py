"""Amounts as people say them."""

_SIZES = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_TIMES = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def size(number: float) -> str:
    """Bytes, as `1.5 GB`."""
    for unit, one in _SIZES:
        if number >= one:
            return f"{number / one:.1f} {unit}"
    return f"{number:.0f} bytes"


def duration(seconds: float) -> str:
    """Seconds, as `3 hours`."""
    for unit, one in _TIMES:
        if seconds >= 2 * one:
            return f"{seconds / one:.0f} {unit}"
    return f"{seconds:.0f} seconds"
