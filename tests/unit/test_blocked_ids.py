"""For how long erased ids are blocked."""

from pathlib import Path

import pytest

from callistics.model.instants import DAY
from support.engines import ENGINES
from support.store import opened

CALLS = [
    {"call_id": name, "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01T10:00:00Z"}
    for name in ("long", "short")
]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shorter_block_ends_no_longer_one(engine: str, tmp_path: Path) -> None:
    """A merchant with blocked ids is known by one digest of its own."""
    path = tmp_path / "a.db" if engine == "duckdb" else None
    with opened(engine, path=path) as store:
        store.send("calls", CALLS)
        assert store.erase(("calls", "m", "long"), days=30) == [(1, 0)]
        assert store.erase(("calls", "m", "short"), days=1) == [(1, 0)]
        store.now += 2 * DAY
        after = store.now
        assert [store.send("calls", [one], skip=True).stored for one in CALLS] == [0, 1]
    if path is not None:
        with opened(engine, path=path) as store:
            store.now = after
            assert store.send("calls", CALLS[:1], skip=True).stored == 0
