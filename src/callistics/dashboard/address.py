"""What the address of the page says of what it shows: written here, read by its own script."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from callistics.catalog.filter_types import PAYLOAD as ON_PAYLOAD
from callistics.catalog.filters import FILTERS, RANGE
from callistics.model.json import as_list, as_object, encode

ABSENT = ".absent"
"""What follows the name of a filter that matches where nothing is known."""
PAYLOAD = "payload"
"""The parameter with the conditions on the payload, as JSON."""
EVERYTHING = "all"
"""The `date_range` that is no limit."""
UNCOMPARED = "none"
"""The `compare` of a page without a comparison."""


def address(query: Mapping[str, object]) -> str:
    """The query of the address that shows what the body of a query names, once it was answered.

    It names the range and the comparison also where there are none, as the page has others unless
    told; of zone and granularity those of the page stay where the body names none.
    """
    filters = as_object(query.get("filters")) or {}
    given = {name: value for name, value in filters.items() if value is not None}
    pairs = [pair for name, value in given.items() for pair in _filter(name, value)]
    if not given.keys() & RANGE:
        pairs.append(("date_range", EVERYTHING))
    pairs.append(("compare", _text(query.get("compare") or UNCOMPARED)))
    pairs += [(name, _text(query[name])) for name in ("timezone", "granularity") if query.get(name)]
    return urlencode(pairs)


def _filter(name: str, value: object) -> Iterator[tuple[str, str]]:
    if FILTERS[name].type is ON_PAYLOAD:
        yield PAYLOAD, encode(value).decode()
        return
    values = as_list(value)
    for one in [value] if values is None else values:
        yield (name + ABSENT, "1") if one is None else (name, _text(one))


def _text(value: object) -> str:
    return value if isinstance(value, str) else encode(value).decode()
