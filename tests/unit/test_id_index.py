"""The id index: an id that it takes for new is new, and a known one has its weeks."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.lookup.id_index import IndexEntries, numbers
from callistics.records.columnar.row_codec import identity_table
from support import inside
from support.known_ids import call, id_index_of, possible, statements_of
from support.store import Store, opened

CALLS, LEADS = "calls", "leads"


def weeks(store: Store, table: str, *identities: tuple[str, str]) -> list[int] | None:
    (asked,) = numbers(statements_of(store), identity_table(identities, "id"))
    found = id_index_of(store).possible(table, asked).weeks
    return None if found is None else sorted(set(found.tolist()))


def week(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days // 7


def test_what_was_stored_is_possible_and_little_else() -> None:
    with opened() as store:
        store.send("calls", [call(number) for number in range(1_000)])
        stored = [("m", f"c{number}") for number in range(1_000)]
        assert possible(store, CALLS, stored) == stored
        assert possible(store, LEADS, [("m", "l1"), ("m", "l4")]) == [("m", "l1"), ("m", "l4")]
        assert possible(store, CALLS, []) == []
        others = [("n", f"c{number}") for number in range(1_000)]
        assert len(possible(store, CALLS, others)) <= 1


def test_there_is_room_for_more() -> None:
    with opened() as store:
        known = id_index_of(store)
        store.send("calls", [call(1)])
        for first in range(0, 900_000, 100_000):
            many = [("m", str(number)) for number in range(first, first + 100_000)]
            (those,) = numbers(statements_of(store), identity_table(many, "id"))
            known.add(IndexEntries(CALLS, those, np.full(len(those), 2_900, np.uint32)))
        assert possible(store, CALLS, [("m", "0"), ("m", "899999"), ("m", "c1")]) == [
            ("m", "0"),
            ("m", "899999"),
            ("m", "c1"),
        ]
        others = [("n", str(number)) for number in range(10_000)]
        assert len(possible(store, CALLS, others)) <= 3


def test_what_is_written_again_takes_no_more_room() -> None:
    with opened() as store:
        records = [call(number) for number in range(50)]
        store.send("calls", records)
        noted = inside.noted(id_index_of(store), CALLS)
        store.send("calls", [{**record, "outcome": "CONFIRMED"} for record in records])
        assert inside.noted(id_index_of(store), CALLS) == noted
        store.send("calls", [call(50)])
        assert inside.noted(id_index_of(store), CALLS) == noted + 1


def test_few_and_many_have_the_same_numbers() -> None:
    with opened() as store:
        identities = [("m", "c1"), ("", "é"), ("m/c", "1"), ("m", "x" * 40)]
        asked = identity_table(identities, "id")
        few = numbers(statements_of(store), asked, asked)
        many = numbers(statements_of(store), asked, asked, few=0)
        assert [one.tolist() for one in few] == [one.tolist() for one in many]
        assert len(set(few[0].tolist())) == len(identities)


def test_the_weeks_of_what_is_stored_are_known(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    days = {"c1": "2025-01-15", "c2": "2025-01-14", "c3": "2024-03-01", "c4": "1970-01-01"}
    with opened(path=path) as store:
        store.send("calls", [call(1)])
        store.send(
            "calls",
            [call(0, call_id=name, started_at=f"{day}T23:59:59Z") for name, day in days.items()],
        )
    with opened(path=path) as store:
        store.send("calls", [call(9, lead_id="l9", started_at="2025-06-01T00:00:00Z")])
        first, second = week("2024-03-01"), week("2025-01-15")
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c2")) == [second]
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c3"), ("m", "none")) == [first, second]
        assert weeks(store, CALLS, ("m", "c9")) == [week("2025-06-01")]
        assert weeks(store, CALLS, ("m", "none")) == []
        assert weeks(store, CALLS, ("m", "c1"), ("m", "c4")) is None


def test_a_call_that_moves_is_known_by_both_weeks() -> None:
    with opened() as store:
        for day in ("2025-01-15", "2025-03-15", "2025-01-15"):
            store.send("calls", [call(1, started_at=f"{day}T10:00:00Z")])
        assert weeks(store, CALLS, ("m", "c1")) == [week("2025-01-15"), week("2025-03-15")]
        assert store.rows("call_count") == [{"count": 1}]


@pytest.mark.parametrize("reopened", [False, True])
def test_calls_before_their_lead_was_created_are_found(tmp_path: Path, *, reopened: bool) -> None:
    path = tmp_path / "x.db"
    lead = {"lead_id": "l1", "merchant_id": "m", "reseller_id": "r"}
    with opened(path=path) as store:
        store.send("calls", [call(1, started_at="2024-02-01T10:00:00Z")])
        store.send("leads", [{**lead, "created_at": "2025-05-01T00:00:00Z"}])
        store.send("calls", [call(6, started_at="2025-06-01T10:00:00Z")])
        found = weeks(store, LEADS, ("m", "l1"))
        assert found == [week("2024-02-01"), week("2025-05-01")]
        if not reopened:
            _attempts(store)
    if reopened:
        with opened(path=path) as store:
            _attempts(store)


def _attempts(store: Store) -> None:
    store.send("calls", [call(11, started_at="2025-06-02T10:00:00Z")])
    rows = store.rows("retry_analysis")
    assert [(row["attempt"], row["calls"]) for row in rows] == [(1, 1), (2, 1), (3, 1)]


@pytest.mark.parametrize("known_before", [False, True])
def test_a_commit_that_failed_takes_no_names_with_it(*, known_before: bool) -> None:
    with opened() as store:
        if known_before:
            store.send("calls", [call(1)])
        engine = inside.duckdb_engine(store.engine)
        with pytest.raises(ZeroDivisionError):
            _fail(engine)
        assert set(inside.given(engine)) <= {None}
        store.send("calls", [call(2)])
        assert store.rows("call_count") == [{"count": 1 + known_before}]


def _fail(engine: DuckDBEngine) -> None:
    with engine.writing():
        inside.statements_of(engine).give(incoming=pa.table({"a": [1]}), fresh=pa.table({"a": [1]}))
        raise ZeroDivisionError
