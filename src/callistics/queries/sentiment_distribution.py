"""Calls by sentiment, in tenths."""

from collections.abc import Sequence

from callistics.catalog.dimensions import SENTIMENT_BIN
from callistics.catalog.metrics import COUNT, PERCENTAGE, Digits
from callistics.queries.base import Field, QueryType, Slot
from callistics.queries.picture import Parts
from callistics.sql.selection import Selection, Unit

_TENTHS = Digits(2, 1)


def _bins(_: Selection) -> Sequence[Slot]:
    scored = [Slot(k, (k / 10, (k + 1) / 10)) for k in range(10)]
    return [*scored, Slot(None, (None, None))]


QUERY = QueryType(
    name="sentiment_distribution",
    summary="Calls by sentiment: ten bins of a tenth, then the calls not scored.",
    unit=Unit.CALLS,
    key=SENTIMENT_BIN,
    fields=(
        Field(
            "from",
            "number|null",
            "Lower end of the bin, inclusive; null for calls not scored.",
            digits=_TENTHS,
        ),
        Field(
            "to",
            "number|null",
            "Upper end, exclusive but for 1.0; null for calls not scored.",
            digits=_TENTHS,
        ),
    ),
    figures=(
        COUNT,
        PERCENTAGE.named("percentage", "Share of the scored calls; null for calls not scored."),
    ),
    slots=_bins,
    share_of_known=True,
    picture=Parts(("from", "to"), absent="Not scored", apart=True),
    example={"filters": {"merchant_id": "mer_abc", "sentiment_min": 0.5}},
)
