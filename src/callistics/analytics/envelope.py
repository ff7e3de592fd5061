"""An answer as it is sent."""

from callistics.analytics.shape import Answer
from callistics.model.json import encode


def envelope(answer: Answer) -> bytes:
    """The five keys of an answer, as JSON."""
    return encode(
        {
            "query_type": answer.query_type,
            "data": answer.data,
            "total": answer.total,
            "page": answer.page,
            "page_size": answer.page_size,
        }
    )
