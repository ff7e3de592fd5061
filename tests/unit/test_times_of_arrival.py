"""Times of arrival: the clock's, each later than the one before, whatever else is stored."""

import pytest

from support.engines import ENGINES
from support.inside import at_clock
from support.store import opened

NOW = 1_900_000_000_000_000


@pytest.mark.parametrize("engine", ENGINES)
def test_only_records_take_times_of_arrival(engine: str) -> None:
    given: list[int] = []
    with opened(engine) as store:
        for records in (0, 3, 0, 0, 1):
            with at_clock(store.engine, NOW).writing() as session:
                session.save_uses({"key_1": NOW})
                if records:
                    given.append(session.arrival(records))
        with at_clock(store.engine, NOW + 1_000).writing() as session:
            given.append(session.arrival(1))
    assert given == [NOW, NOW + 3, NOW + 1_000]
