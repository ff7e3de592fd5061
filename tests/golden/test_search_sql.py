"""The SQL that finds and reads calls and leads, a readable file for each engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from callistics.analytics.plan import plan_query
from callistics.compile import records, search
from callistics.looking.parse import parse_search
from callistics.model.scope import Scope
from callistics.model.search import Position
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, all_of
from callistics.sql.selection import Policy

from .test_golden import BODIES, DIALECTS, FOLDER, NOW, hold

SCOPE = Scope(merchant_ids=frozenset({"mer_abc"}))
AFTER = Position(1_759_276_800_000_000, "mer_abc", "call_1")
POLICY = Policy(unreached_outcomes=("BUSY", "NO_ANSWER"))
KEYS: dict[str, list[tuple[Any, ...]]] = {
    "duckdb": [(1,), (2,)],
    "clickhouse": [("mer_abc", "1"), ("mer_abc", "2")],
}


def statements(engine: str, dialect: Dialect) -> Iterator[tuple[str, Sql]]:
    one = records.Identified("call_id", "call_1", "mer_abc")
    full = {name: BODIES["full"][name] for name in ("filters", "timezone")}
    for name, body in {"plain": {}, "full": full | {"order": "started_at"}}.items():
        asked = parse_search(json.dumps(body).encode(), SCOPE, "UTC", NOW)
        frame = plan_query(asked.search.query, SCOPE, POLICY).frame(dialect)
        cursor = json.dumps({**body, "cursor": asked.cursor(AFTER)}).encode()
        later = parse_search(cursor, SCOPE, "UTC", NOW).search
        yield f"{name}: edge of the first page", search.edge(frame, asked.search, 101)
        yield f"{name}: the first page", search.page(frame, asked.search, NOW, 101)
        yield f"{name}: the last page", search.page(frame, later, None, 101)
        if name == "plain":
            for told, table in {"counts": records.CALLS, "waits": records.UNCOUNTED_CALLS}.items():
                chosen = all_of(one.conditions(dialect, table))
                yield f"a call that {told}", records.calls(frame, table, chosen, (NOW, NOW))
    yield "the statuses of their leads", records.statuses(dialect, KEYS[engine])
    yield "a call by its id", records.calls_of_id(dialect, records.CALLS, SCOPE, one)
    lead = records.Identified("lead_id", "lead_1", None)
    yield "a lead by its id", records.leads(dialect, records.LEADS, SCOPE, lead)
    yield "what it brought itself", records.leads(dialect, records.LEAD_RECORDS, None, lead)
    yield "its history", records.history(dialect, records.LEADS, "history", lead)


@pytest.mark.parametrize("engine", DIALECTS)
def test_searching_and_reading(engine: str) -> None:
    parts: list[str] = []
    for name, sql in statements(engine, DIALECTS[engine]):
        statement = DIALECTS[engine].render(sql)
        values = "\n".join(f"--   {value!r}" for value in statement.values)
        parts.append(f"-- {name}\n{statement.text}\n-- values\n{values}\n")
    hold(FOLDER / "search" / f"{engine}.sql", "\n".join(parts))
