"""An answer as it is sent."""

import msgspec

from callistics.analytics.shape import Answer

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def envelope(answer: Answer) -> bytes:
    """The five keys of an answer, as JSON."""
    return _ENCODER.encode(
        {
            "query_type": answer.query_type,
            "data": answer.data,
            "total": answer.total,
            "page": answer.page,
            "page_size": answer.page_size,
        }
    )
