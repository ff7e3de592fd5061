"""Once maintenance has run, no byte of what was erased is left in the files of the database."""

import random
from pathlib import Path
from typing import Any

import pytest

from callistics.engines.duckdb.tuning import Tuning
from callistics.model.instants import HOUR, now
from callistics.server.figures import oldest_left
from support import inside
from support.store import Store, opened

IDS = {"merchant_id": "m1", "reseller_id": "r"}
# What is kept of a column's least and greatest value is its first 12 bytes.
SHOWN = 12
NAMES = ("call", "lead", "agent", "reason", "outcome", "status", "city", "key", "own", "list")
# The first of all values and the last of them.
MARKS = {name: f"!{name[:4]:-<4}{number}" for number, name in enumerate(NAMES)} | {
    f"{name}_last": f"~{name[:4]:-<4}{number}" for number, name in enumerate(NAMES)
}


def marked(end: str, chance: random.Random) -> dict[str, str]:
    return {name: MARKS[name + end] + f"{chance.getrandbits(48):012x}" for name in NAMES}


def person(marks: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """A lead and a call that has marks in every text."""
    lead = {
        "lead_id": marks["lead"],
        "status": marks["status"],
        "payload": {marks["key"]: marks["own"], "nested": {"city": marks["city"]}},
        **IDS,
    }
    call = {
        "call_id": marks["call"],
        "lead_id": marks["lead"],
        "started_at": "2025-02-03T10:00:00Z",
        "agent_id": marks["agent"],
        "end_reason": marks["reason"],
        "outcome": marks["outcome"],
        "payload": {
            "city": marks["city"],
            marks["key"]: [marks["list"]],
            "long": marks["own"] * 99,
        },
        **IDS,
    }
    waiting = {"call_id": marks["call"] + "p", "lead_id": marks["lead"], "agent_id": marks["agent"]}
    return [("leads", lead), ("calls", call), ("calls", waiting | {"merchant_id": "m1"})]


def others(chance: random.Random, number: int) -> list[dict[str, Any]]:
    return [
        {
            "call_id": f"call{chance.getrandbits(60):x}",
            "lead_id": f"lead{chance.getrandbits(60):x}",
            "merchant_id": f"m{place % 3}",
            "reseller_id": "r",
            "started_at": f"2025-0{1 + place % 4}-{1 + place % 28:02}T10:00:00Z",
            "agent_id": f"agent{place % 20}",
            "outcome": "BUSY",
            "payload": {"city": f"city{chance.getrandbits(40):x}"},
        }
        for place in range(number)
    ]


def left(folder: Path, marks: dict[str, str]) -> set[str]:
    """Which marks, or beginnings of them, the files of a folder have."""
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert files
    texts = {mark[:SHOWN].encode(): name for name, mark in marks.items()}
    return {name for text, name in texts.items() if any(text in data for data in files)}


def check(store: Store, tmp_path: Path, end: str) -> dict[str, str]:
    chance = random.Random(7)
    marks = marked(end, chance)
    store.send("calls", others(chance, 1_500))
    for kind, record in person(marks):
        store.send(kind, [record])
    store.send("calls", others(chance, 1_500))
    store.maintain()
    inside.execute(store.engine, "CHECKPOINT")
    assert left(tmp_path, marks) == set(NAMES)
    assert oldest_left(store.engine) is None
    assert store.erase(("leads", "m1", marks["lead"]), days=30) == [(2, 1)]
    assert oldest_left(store.engine) is not None
    store.maintain()
    assert oldest_left(store.engine) is None
    assert left(tmp_path, marks) == set()
    assert store.rows("call_count") == [{"count": 3_000}]
    store.send("calls", others(chance, 1_500))
    assert store.rows("call_count") == [{"count": 4_500}]
    assert not store.send("calls", [person(marks)[1][1]]).stored
    return marks


@pytest.mark.parametrize("end", ["", "_last"])
def test_no_byte_is_left(tmp_path: Path, end: str) -> None:
    with opened(path=tmp_path / "calls.db", tuning=Tuning(rows_out_of_order=100)) as store:
        marks = check(store, tmp_path, end)
    assert left(tmp_path, marks) == set()


def test_clickhouse_merges_erased_rows_away() -> None:
    chance = random.Random(7)
    marks = marked("", chance)
    with opened("chdb") as store:
        store.send("calls", others(chance, 3))
        for kind, record in person(marks):
            store.send(kind, [record])
        assert oldest_left(store.engine) is None
        assert store.erase(("leads", "m1", marks["lead"])) == [(2, 1)]
        assert oldest_left(store.engine) is not None
        store.maintain()
        assert oldest_left(store.engine) is None
        client = inside.server_writer(store.engine)
        for table, wanted in (("calls", 3), ("leads", 3), ("lead_records", 0), ("calls_held", 0)):
            count = f"SELECT count() FROM {table}"  # noqa: S608
            assert client.query(count).result_rows == [(wanted,)], table
        assert not store.engine.maintain()


def call(name: str) -> dict[str, str]:
    return {"call_id": name, "started_at": "2025-02-03T10:00:00Z", **IDS}


def test_an_erasure_by_a_clock_that_was_set_back_is_not_forgotten(tmp_path: Path) -> None:
    """What is noted as done is what was erased before it was begun, not what the clock says."""
    with opened(path=tmp_path / "calls.db") as store:
        store.send("calls", [call("one"), call("two")])
        assert store.erase(("calls", "m1", "one")) == [(1, 0)]
        begun = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'renewed_calls'"
        while not inside.execute(store.engine, begun)[0][0]:
            assert store.engine.maintain()
        inside.at_clock(store.engine, now() - HOUR)
        assert store.erase(("calls", "m1", "two")) == [(1, 0)]
        # To the end of what was begun, after which it rests.
        store.maintain()
        assert oldest_left(store.engine) is not None
