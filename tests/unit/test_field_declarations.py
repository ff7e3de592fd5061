"""A declaration that would be without effect is refused."""

import pytest

from callistics.records.field import BOTH, LEADS, RecordField
from callistics.records.field_types import TEXT

PARTS = ("filter", "group", "measure")


@pytest.mark.parametrize("part", PARTS)
def test_what_no_query_would_ask_for(part: str) -> None:
    asked = {name: "The source." if name == part else "" for name in PARTS}
    with pytest.raises(ValueError, match="source is not of calls"):
        RecordField(
            "source",
            LEADS,
            TEXT,
            "Where it comes from.",
            "fair",
            filter=asked["filter"],
            group=asked["group"],
            measure=asked["measure"],
        )


def test_a_measure_of_leads() -> None:
    with pytest.raises(ValueError, match="of calls alone"):
        RecordField("weight", BOTH, TEXT, "How much.", "1", measure="How much.")
