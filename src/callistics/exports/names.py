"""Names of files that tell what is in them."""

from callistics.model.instants import date_of
from callistics.model.time_range import TimeRange, instant_text


def file_name(what: str, about: TimeRange, extension: str) -> str:
    """Such as `calls_over_time_2025-01-01_to_2025-01-31.csv`, both ends inclusive.

    Ends that are not the bounds of local days have a time: `2025-01-31T0930`.
    """
    begin, end = about.begin, about.end
    first = None if begin is None else _written(about, begin)
    last = None if end is None else _last(about, end)
    parts = {
        (False, False): "all",
        (True, False): f"from_{first}",
        (False, True): f"until_{last}",
        (True, True): f"{first}" if first == last else f"{first}_to_{last}",
    }
    return f"{what}_{parts[first is not None, last is not None]}.{extension}"


def _last(about: TimeRange, end: int) -> str:
    """A range of whole days ends with the last of them, any other before its end."""
    zone = about.zone
    if zone.day_begin(zone.day_at(end)) == end:
        return date_of(zone.day_at(end) - 1).isoformat()
    return _written(about, end)


def _written(about: TimeRange, instant: int) -> str:
    zone, text = about.zone, instant_text(about.zone, instant)
    day, time = text[:10], text[11:19].replace(":", "")
    if zone.day_begin(zone.day_at(instant)) == instant:
        return day
    return f"{day}T{time.removesuffix('00')}"
