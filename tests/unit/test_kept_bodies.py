"""Bodies of webhooks are read a few at a time, by what they have."""

import pytest

from callistics.model.webhooks import KeptBody
from callistics.webhooks.stored import StoredWebhooks
from support.store import opened


@pytest.mark.parametrize("engine", ["duckdb", "chdb"])
@pytest.mark.parametrize(
    ("most", "numbers"), [(10_000, [1, 2, 3, 4]), (3_500, [1, 2, 3]), (2_500, [1, 2]), (1, [1])]
)
def test_no_more_bodies_are_read_at_once_than_the_memory_is_for(
    engine: str, most: int, numbers: list[int]
) -> None:
    with opened(engine) as store:
        # These take a few bytes as they are kept, and a thousand each once they are read.
        bodies = [
            KeptBody(f"b{number}", "e", number, "application/json", b" " * 1_000)
            for number in (1, 2, 3, 4)
        ]
        store.engine.keep_bodies(bodies)
        found = StoredWebhooks(store.engine, most).waiting()
        assert found == [bodies[number - 1] for number in numbers]
