"""Writing a merchant's records takes no longer where other merchants have the same ids."""

from collections.abc import Iterable, Set
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.ingest.expiry import Expiry, Keeping
from callistics.ingest.job import Job
from callistics.model.instants import DAY
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.field import RecordKind
from callistics.records.identity import Identity, StoredRecord
from support.store import Store, lent

MERCHANTS = [f"m{number}" for number in range(60)]
CALLS = [
    {"call_id": "1", "lead_id": "1", "merchant_id": name, "reseller_id": "r"}
    | {"started_at": "2025-01-15T09:30:00Z"}
    for name in MERCHANTS
]
LEADS = [{"lead_id": "1", "merchant_id": name, "reseller_id": "r"} for name in MERCHANTS]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[Identity]:
    """The records that are read from now on."""
    found: set[Identity] = set()
    load, calls_of = DuckDBSession.load, DuckDBSession.calls_of

    def loading(
        self: DuckDBSession, kind: RecordKind, identities: Iterable[Identity]
    ) -> dict[Identity, StoredRecord]:
        asked = list(identities)
        found.update(asked)
        return load(self, kind, asked)

    def looking(self: DuckDBSession, leads: Set[Identity]) -> dict[Identity, set[Identity]]:
        found.update(leads)
        return calls_of(self, leads)

    monkeypatch.setattr(DuckDBSession, "load", loading)
    monkeypatch.setattr(DuckDBSession, "calls_of", looking)
    return found


def fill(store: Store) -> None:
    store.send("calls", [*CALLS, {"call_id": "waits", "lead_id": "1", "merchant_id": "m7"}])
    store.send("leads", LEADS)


@pytest.mark.parametrize(
    ("merchant", "scope"),
    [("m7", EVERYTHING), (None, Scope(merchant_ids=frozenset({"m7"})))],
    ids=["one that is named", "the only one of the key"],
)
def test_a_merchants_records_are_erased(
    read: set[Identity], merchant: str | None, scope: Scope
) -> None:
    with lent() as store:
        fill(store)
        read.clear()
        assert store.erase(("calls", merchant, "1"), scope=scope) == [(1, 0)]
        assert store.erase(("leads", merchant, "1"), scope=scope) == [(1, 1)]
        assert {name for name, _ in read} == {"m7"}
        assert store.rows("call_count") == [{"count": len(MERCHANTS) - 1}]


def test_those_of_any_merchant_are_looked_for_where_none_is_named(read: set[Identity]) -> None:
    with lent() as store:
        fill(store)
        read.clear()
        assert store.erase(("leads", None, "1"), ("leads", "m7", "1")) == [422, (2, 1)]
        assert {name for name, _ in read} == set(MERCHANTS)


def test_a_merchants_old_leads_go(read: set[Identity]) -> None:
    with lent() as store:
        store.send("calls", [one for one in CALLS if one["merchant_id"] != "m7"])
        store.send("leads", LEADS)
        read.clear()
        job = Job(expiry=Expiry((), [("m7", "1")], Keeping(1), store.now + 9 * DAY))
        store.writer.commit([job])
        assert {name for name, _ in read} == {"m7"}
        assert len(store.dump("lead_records")) == len(MERCHANTS) - 1


class _Counted:
    """A result of a SELECT that counts the rows taken out of it."""

    def __init__(self, found: duckdb.DuckDBPyConnection, rows: list[int]) -> None:
        self.description = found.description
        self._found, self._rows = found, rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows = self._found.fetchall()
        self._rows.append(len(rows))
        return rows


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement gives from now on."""
    found: list[int] = []
    select, table = StatementCache.select, StatementCache.table

    def selecting(self: StatementCache, text: str) -> _Counted:
        return _Counted(select(self, text), found)

    def reading(
        self: StatementCache, text: str, columns: pa.Schema, *, few: bool = False
    ) -> pa.Table:
        made = table(self, text, columns, few=few)
        found.append(made.num_rows)
        return made

    monkeypatch.setattr(StatementCache, "select", selecting)
    monkeypatch.setattr(StatementCache, "table", reading)
    return found


@pytest.mark.parametrize("kind", ["calls", "leads"])
def test_the_records_that_are_sent_again_are_read_alone(rows: list[int], kind: str) -> None:
    with lent() as store:
        fill(store)
        rows.clear()
        sent = (CALLS if kind == "calls" else LEADS)[7:9]
        store.send(kind, [one | {"status": "new"} for one in sent])
        assert 2 in rows
        assert max(rows) <= 2
        assert len(store.rows("status_distribution", group_by=["merchant_id"])) == len(MERCHANTS)
