"""Times as they were sent, many at a time: the instants of those that leave no doubt."""

import numpy as np
import pyarrow as pa

from callistics.model.buckets import clock_pieces
from callistics.model.instants import DAY
from callistics.model.zones import Zone
from callistics.records.columnar.arrow import pc

_CLOCK = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?"
_WITH_OFFSET = _CLOCK + r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
_LOCAL = _CLOCK + "$"
# Clocks show a time once, and every time, but about a change of their offset; that is told here by
# the clocks themselves, which are up to a day ahead of UTC or behind.
_ABOUT_A_CHANGE = 2 * DAY


def instants(texts: pa.Array, zone: Zone) -> pa.Array:
    """Instants (µs) of ISO texts; null where one is absent or not plainly a time that exists.

    Those without an offset are read in the zone.
    """
    found = pa.nulls(len(texts), pa.int64())
    if texts.null_count == len(texts):
        return found
    matched = pc.match_substring_regex(texts, _WITH_OFFSET)
    if pc.any(matched).as_py():
        found = _existing(pc.if_else(matched, texts, None), pa.timestamp("us", "UTC"))
    local = pc.match_substring_regex(texts, _LOCAL)
    if pc.any(local).as_py():
        read = _existing(pc.if_else(local, texts, None), pa.timestamp("us"))
        found = pc.coalesce(found, _in_zone(read, zone))
    return found


def _existing(plain: pa.Array, kind: pa.DataType) -> pa.Array:
    """The times of texts that look like some; null where there is none, as a 30th of February.

    Those that do not exist are few, and are looked for in ever smaller parts.
    """
    try:
        return plain.cast(kind).cast(pa.int64())
    except pa.ArrowInvalid:
        if len(plain) == 1:
            return pa.nulls(1, pa.int64())
        middle = len(plain) // 2
        parts = (plain[:middle], plain[middle:])
        return pa.concat_arrays([_existing(part, kind) for part in parts])


def _in_zone(local: pa.Array, zone: Zone) -> pa.Array:
    """The instants at which the clocks of the zone show so many µs since 1970.

    Null where that is about a change of their offset: it may be no instant, or two.
    """
    if local.null_count == len(local):
        return local
    ends = pc.min_max(local)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    pieces = clock_pieces(zone, low - _ABOUT_A_CHANGE, high + _ABOUT_A_CHANGE)
    changes = np.array([piece.begin for piece in pieces[1:]], np.int64)
    offsets = np.array([piece.offset for piece in pieces], np.int64)
    shown = local.fill_null(low).to_numpy(zero_copy_only=False)
    place = np.searchsorted(changes, shown)
    doubtful = np.zeros(len(shown), np.bool_)
    for change in changes:
        doubtful |= np.abs(shown - change) < _ABOUT_A_CHANGE
    found = pa.array(shown - offsets[place], pa.int64(), mask=doubtful)
    return pc.if_else(local.is_valid(), found, None)
