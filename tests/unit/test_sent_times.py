"""Times taken as columns are the instants that the careful reading gives, or none."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from callistics.model.instants import HOUR, naive
from callistics.model.zones import zone
from callistics.records.columnar.sent_times import instants

# Clocks went back, forward, and over a whole day, within hours of these moments.
MOMENTS = {
    "Europe/Lisbon": "2025-10-26T01:00",
    "America/St_Johns": "2025-03-09T02:00",
    "Australia/Lord_Howe": "2025-04-06T02:00",
    "Pacific/Apia": "2011-12-30T00:00",
}


@pytest.mark.parametrize("name", MOMENTS)
def test_local_times_are_those_of_the_zone_or_in_doubt(name: str) -> None:
    where, middle = zone(name), datetime.fromisoformat(MOMENTS[name])
    shown = [middle + timedelta(hours=step, minutes=7) for step in range(-24 * 8, 24 * 8)]
    found = instants(pa.array([str(one) for one in shown]), where).to_pylist()
    local = [(one - naive(0)) // timedelta(microseconds=1) for one in shown]
    told = [place for place, one in enumerate(found) if one is not None]
    assert [found[place] for place in told] == [where.instant(local[place]) for place in told]
    assert {0, len(shown) - 1} <= set(told)
    doubtful = {place for place, one in enumerate(local) if where.local(found[place] or 0) != one}
    assert {place for place, one in enumerate(found) if one is None} == doubtful
    twice_or_never = {
        place
        for place, one in enumerate(local)
        if where.instant(one) != where.instant(one, last=True)
        or where.local(where.instant(one)) != one
    }
    assert twice_or_never <= doubtful


def test_times_with_an_offset_need_no_zone() -> None:
    texts = ["1970-01-01T01:00:00+01:00", "1970-01-01 01:00:00", None, "1970-02-30T00:00:00Z"]
    found = instants(pa.array(texts), zone("Europe/Paris"))
    assert found.to_pylist() == [0, 0, None, None]
    assert instants(pa.array(["1970-01-01T01:00"]), zone("UTC")).to_pylist() == [None]
    assert instants(pa.array(["1970-01-01 01:00:00.5"]), zone("UTC")).to_pylist() == [
        HOUR + 500_000
    ]
