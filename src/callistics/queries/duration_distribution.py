"""Calls by how long they lasted."""

from collections.abc import Sequence
from itertools import zip_longest

from callistics.catalog.dimensions import DURATION_BIN, DURATION_EDGES
from callistics.catalog.metrics import COUNT, PERCENTAGE
from callistics.queries.base import Field, QueryType, Slot
from callistics.queries.picture import Parts
from callistics.sql.selection import Selection, Unit


def _bins(_: Selection) -> Sequence[Slot]:
    edges = zip_longest(DURATION_EDGES, DURATION_EDGES[1:])
    known = [Slot(place, pair) for place, pair in enumerate(edges)]
    return [*known, Slot(None, (None, None))]


QUERY = QueryType(
    name="duration_distribution",
    summary="Calls by how long they lasted: eight bins, then the calls of unknown duration.",
    unit=Unit.CALLS,
    key=DURATION_BIN,
    fields=(
        Field("from", "integer|null", "Seconds, inclusive; null where the duration is unknown."),
        Field("to", "integer|null", "Seconds, exclusive; null in the last bin and for unknown."),
    ),
    figures=(
        COUNT,
        PERCENTAGE.named(
            "percentage", "Share of the calls of known duration; null for the others."
        ),
    ),
    slots=_bins,
    share_of_known=True,
    picture=Parts(("from", "to"), absent="Unknown duration", apart=True, unit="s"),
    example={"filters": {"merchant_id": "mer_abc", "date_from": "2025-01-01"}},
)
