"""A call without a lead is its own; whether that was said, left out or cleared is kept apart."""

from typing import Any

import pytest

from support.engines import ENGINES
from support.store import lent

LEADS: tuple[tuple[tuple[Any, ...], str], ...] = (
    # Sent one after the other at equal times: a value beats null, then the greater text wins.
    ((None, "a"), "a"),
    (("a", None), "a"),
    (("c", "a"), "c"),
    (("a", "c"), "c"),
    (("c", "d"), "d"),
    (("c", None), "c"),
    ((None, None), "c"),
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("sent", "lead"), LEADS)
def test_at_equal_times(engine: str, sent: tuple[Any, ...], lead: str) -> None:
    call = {
        "call_id": "c",
        "merchant_id": "m",
        "reseller_id": "r",
        "started_at": "2025-01-15T09:30:00Z",
        "updated_at": "2025-01-15T10:00:00Z",
    }
    with lent(engine) as store:
        for one in sent:
            store.send("calls", [{**call, "lead_id": one}])
        assert store.rows("call_count", filters={"lead_id": lead}) == [{"count": 1}]
