"""What lies in the databases of an earlier schema, and how one is made from its frozen rows."""

import json
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from callistics.engines.base import KeptReceipt
from callistics.engines.clickhouse import migrate as clickhouse
from callistics.engines.clickhouse.connection import Connection
from callistics.engines.clickhouse.dsn import Address
from callistics.engines.duckdb import migrate as embedded
from callistics.engines.duckdb.connecting import connect
from callistics.model.keys import Permission, StoredKey
from callistics.model.scope import Scope
from callistics.queries import registry
from callistics.sql.selection import Policy
from support.engines import database
from support.store import Store

Commits = Sequence[tuple[str, list[dict[str, Any]]]]
FIXTURES = Path(__file__).parent / "fixtures"
POLICY = Policy(success_outcomes=("SALE",), lead_stages=("new", "contacted", "won"))
KEY = StoredKey(
    "key_1", "reports", "0" * 64, frozenset({Permission.QUERY}), Scope(frozenset({"north"})), 7, 9
)
ANSWER = ("key_1", "once", KeptReceipt("1" * 64, b'{"received": 1}'))
M, N = {"merchant_id": "m", "reseller_id": "north"}, {"merchant_id": "n", "reseller_id": "south"}
# What comes together is one commit; the last ones replace rows, and leave changes behind that are
# not yet in the roll-ups.
COMMITS: Commits = (
    ("leads", [
        M | {"lead_id": "L1", "status": "new", "created_at": "2025-03-01T08:00:00Z",
             "template_id": "t1", "payload": {"city": "Pune", "tags": ["vip", "warm"]}},
        N | {"lead_id": "L2", "status": "new", "created_at": "2025-03-02T08:00:00Z"},
    ]),
    ("calls", [
        M | {"call_id": f"c{n}", "lead_id": f"L{1 + n % 3}", "provider": provider,
             "started_at": f"2025-03-0{1 + n % 4}T{8 + n:02}:30:00Z", "duration": 40 * n,
             "outcome": outcome, "sentiment": n / 8, "template_id": "t1", "direction": "outbound",
             "payload": {"score": n, "note": "it's \\ \"ok\"", "steps": [n, "x"], "ok": True}}
        for n, (provider, outcome) in enumerate(
            [("TWILIO", "SALE"), ("TWILIO", "no-answer"), (None, "busy line"), ("PLIVO", None),
             ("PLIVO", "SALE"), ("TWILIO", "BUSY"), ("EXOTEL", "Größe")])
    ]),
    ("calls", [
        N | {"call_id": "d1", "started_at": "2025-03-05T09:00:00Z", "lead_id": "L2",
             "ended_at": "2025-03-05T09:01:30Z", "status": "contacted", "outcome": "SALE"},
        N | {"call_id": "tested", "started_at": "2025-03-05T10:00:00Z", "test": True},
        {"call_id": "waits", "merchant_id": "n", "lead_id": "L2", "outcome": "SALE",
         "duration": 77, "payload": {"late": 1.5}},
    ]),
    ("calls", [M | {"call_id": "c1", "outcome": "SALE", "updated_at": "2030-03-17T17:50:00Z"}]),
    ("leads", [M | {"lead_id": "L1", "status": "won", "updated_at": "2030-03-17T17:51:00Z"}]),
)  # fmt: skip
# What comes later, and depends on what was stored of the same records.
LATER: Commits = (
    ("calls", [N | {"call_id": "waits", "started_at": "2025-03-06T09:00:00Z"},
               N | {"call_id": "tested", "test": False, "outcome": "BUSY"},
               M | {"call_id": "c1", "outcome": "BUSY", "updated_at": "2030-03-17T17:48:00Z"},
               M | {"call_id": "c2", "duration": 11}]),
    ("leads", [N | {"lead_id": "L2", "payload": {"city": "Oslo"}}]),
)  # fmt: skip


def questions() -> list[dict[str, Any]]:
    """Every query type: plain, grouped, and of one city."""
    some = {"filters": {"payload_filters": {"city": "Pune"}}}
    return [
        {"query_type": name, **more}
        for name in sorted(registry())
        for more in ({}, some, {"filters": {"reseller_id": "north"}})
    ]


def answers(store: Store) -> list[dict[str, Any]]:
    """The rows of every answer, after its question; roll-ups give the same."""
    found: list[dict[str, Any]] = []
    for body in questions():
        data = store.ask(body)["data"]
        assert data == store.ask(body, rollups=False)["data"]
        found.append({"ask": body, "data": data})
    return found


def send(store: Store, commits: Commits) -> None:
    """Store records of which none is refused."""
    for kind, records in commits:
        assert not store.send(kind, records).rejected


def thaw(engine: str, path: Path) -> None:
    """Make a database of the first schema alone, with the frozen rows."""
    if engine == "duckdb":
        with connect(path) as connection:
            embedded.migrate(connection, embedded.known()[:1])
            connection.begin()
            connection.execute("DELETE FROM arrivals")
            connection.execute((FIXTURES / "duckdb_0001.sql").read_text(encoding="utf-8"))
            connection.commit()
        return
    client = connected(engine, path)
    clickhouse.migrate(client, None, clickhouse.known()[:1])
    text = (FIXTURES / "clickhouse_0001.ndjson").read_text(encoding="utf-8")
    frozen = [json.loads(line) for line in text.splitlines()]
    for table, lines in groupby(frozen, itemgetter("table")):
        rows = "\n".join(json.dumps(line["row"]) for line in lines)
        # Rows that cancel each other stay beside each other, as those of several commits do.
        client.command(
            f"INSERT INTO {table} SETTINGS optimize_on_insert = 0 FORMAT JSONEachRow {rows}"
        )
    client.close()


def connected(engine: str, path: Path) -> Connection:
    """A connection to the ClickHouse database that belongs to a path, made if it is not there."""
    address = Address(database(engine, path))
    address.create_database(60).close()
    return address.open(60, None, None)
