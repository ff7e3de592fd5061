"""The maintenance thread, and what it leaves."""

import threading
from typing import Any

import pytest

from callistics.server.maintenance import Maintenance, maintaining
from support import inside
from support.engines import AS_IF_LARGE
from support.store import opened


def running() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "maintenance"}


@pytest.mark.parametrize("fails", [False, True])
def test_it_goes_on_until_it_is_stopped(fails: bool) -> None:
    enough, asked = threading.Event(), 0

    def maintain() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            enough.set()
        if fails:
            raise RuntimeError("disk full")
        return asked % 2 == 0

    others = running()
    maintenance = Maintenance(maintain, pause=0)
    assert enough.wait(60)
    maintenance.stop()
    before = asked
    assert before >= 3
    assert running() <= others


class Step:
    """A part of maintenance that has so many pieces to do, or fails."""

    def __init__(self, pieces: int, *, fails: bool = False) -> None:
        self.pieces, self.fails = pieces, fails

    def maintain(self) -> bool:
        if self.fails:
            raise RuntimeError("took too long")
        self.pieces -= 1
        return self.pieces >= 0

    def expire(self) -> None:
        """Nothing is held."""


def test_what_fails_holds_up_none_of_the_others() -> None:
    parts: list[Any] = [Step(0), Step(1, fails=True), Step(1), Step(2), Step(0)]
    maintain = maintaining(parts[3], parts[0], parts[1], parts[2], parts[4])
    for _ in range(4):
        with pytest.raises(RuntimeError):
            maintain()
    assert [one.pieces < 0 for one in parts[2:4]] == [True, True]
    parts[1].fails = False
    assert maintain() is True
    assert maintain() is False


@pytest.mark.parametrize("rebuilt", [False, True])
def test_whole_sums_lie_by_reseller_where_one_is_asked_for(*, rebuilt: bool) -> None:
    with opened(tuning=AS_IF_LARGE) as store:
        for day in (1, 2, 3):
            store.send(
                "calls",
                [
                    {
                        "call_id": f"{reseller}{day}{hour}",
                        "merchant_id": "m",
                        "reseller_id": reseller,
                        "started_at": f"2025-01-0{day}T{hour:02}:00:00Z",
                    }
                    for hour in (9, 10)
                    for reseller in ("r2", "r1", "r3")
                ],
            )
        engine = inside.duckdb_engine(store.engine)
        if rebuilt:
            engine.rebuild()
        while engine.maintain():
            pass
        select = "SELECT reseller_id, started_at, merged FROM"
        rows = inside.execute(engine, f"{select} rollup_reseller_times_quarters")
        assert len(rows) == 18
        assert all(merged for _, _, merged in rows)
        assert rows == sorted(rows)
        rows = inside.execute(engine, f"{select} rollup_outcomes_days")
        assert [time for _, time, _ in rows] == sorted(time for _, time, _ in rows)


def test_a_day_is_left_alone_while_it_has_more_whole_sums_than_loose_parts() -> None:
    def call(number: int, day: int) -> dict[str, str]:
        return {
            "call_id": f"c{number}",
            "merchant_id": "m",
            "reseller_id": "r",
            "provider": f"p{number}",
            "started_at": f"2025-01-0{day}T09:00:00Z",
        }

    with opened(tuning=AS_IF_LARGE) as store:
        engine = inside.duckdb_engine(store.engine)

        def loose() -> list[tuple[Any, ...]]:
            while engine.maintain():
                pass
            return inside.execute(
                engine,
                "SELECT day(started_at), count(*) FILTER (WHERE NOT merged)"
                " FROM rollup_provider_times_quarters GROUP BY ALL ORDER BY ALL",
            )

        store.send("calls", [call(number, 1) for number in range(4)])
        assert loose() == [(1, 0)]
        store.send("calls", [call(4, 1), call(5, 2)])
        assert loose() == [(1, 1), (2, 0)]
        store.send("calls", [call(number, 1) for number in (6, 7)])
        assert loose() == [(1, 3), (2, 0)]
        store.send("calls", [call(8, 1)])
        assert loose() == [(1, 0), (2, 0)]
