"""The success, the answer and the cost of a call, brought by several records in any order."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any

from support.records import CALL
from support.server import Server

START = "2025-01-15T09:30:00Z"
ANSWERED = "2025-01-15T09:30:07Z"
OLD, NEW = ({"updated_at": f"2025-01-16T00:00:0{second}Z"} for second in (1, 2))
FIRST = {"started_at": START, "outcome": "CONFIRMED", "updated_at": "2025-01-16T00:00:00Z"}
OTHERS = [{**CALL, "call_id": f"c{number}", "merchant_id": "others", **OLD} for number in range(40)]

SUCCESSES = {
    "partial": ([OLD | {"success": False}, NEW | {"cost": 0.5, "currency": "usd"}], 0),
    "newest": ([OLD | {"success": True}, NEW | {"success": False}], 0),
    "cleared": ([OLD | {"success": False}, NEW | {"success": None}], 1),
    "set again": ([OLD | {"success": None}, NEW | {"success": False}], 0),
    "value beats null": ([OLD | {"success": None}, OLD | {"success": False}], 0),
    "greater text": ([OLD | {"success": True}, OLD | {"success": False}], 1),
}
COSTS = {
    "newest with its currency": (
        [OLD | {"cost": 2, "currency": "EUR"}, NEW | {"cost": 1, "currency": "usd"}],
        ("USD", 1),
    ),
    "newest without a currency": (
        [OLD | {"cost": 2, "currency": "EUR"}, NEW | {"cost": 1}],
        (None, 1),
    ),
    "cleared": ([OLD | {"cost": 2, "currency": "EUR"}, NEW | {"cost": None}], None),
    "another field": (
        [OLD | {"cost": 2, "currency": "EUR"}, NEW | {"attempt": 1}],
        ("EUR", 2),
    ),
    "value beats null": (
        [OLD | {"cost": None}, OLD | {"cost": 0, "currency": "EUR"}],
        ("EUR", 0),
    ),
    "greater text": (
        [OLD | {"cost": 10, "currency": "EUR"}, OLD | {"cost": 9, "currency": "CHF"}],
        ("CHF", 9),
    ),
    "a currency beats none": (
        [OLD | {"cost": 1}, OLD | {"cost": 1, "currency": "CHF"}],
        ("CHF", 1),
    ),
    "greater currency": (
        [OLD | {"cost": 1, "currency": "USD"}, OLD | {"cost": 1, "currency": "chf"}],
        ("USD", 1),
    ),
}
RINGS = {
    "newest": ([OLD | {"answered_at": "2025-01-15T09:30:09Z"}, NEW | {"answered_at": ANSWERED}], 7),
    "cleared": ([OLD | {"answered_at": ANSWERED}, NEW | {"answered_at": None}], None),
    "value beats null": ([OLD | {"answered_at": None}, OLD | {"answered_at": ANSWERED}], 7),
    "greater text": (
        [OLD | {"answered_at": ANSWERED}, OLD | {"answered_at": "2025-01-15T09:30:08Z"}],
        8,
    ),
    "another field": ([OLD | {"answered_at": ANSWERED}, NEW | {"success": True}], 7),
}


def bring(server: Server, cases: Mapping[str, list[dict[str, Any]]]) -> None:
    """Bring the call of each case in every order: all in one body, and in one body after the other.

    Each order is another merchant. New calls among many are read as columns, and those that are
    stored already one by one.
    """
    once, late = list[dict[str, Any]](), ([*OTHERS], [*OTHERS], [*OTHERS])
    for name, records in cases.items():
        for number, order in enumerate(permutations([FIRST, *records])):
            for body, record in zip(late, order, strict=True):
                whole = {part: CALL[part] for part in ("call_id", "reseller_id")} | record
                once.append({**whole, "merchant_id": f"{name}, once {number}"})
                body.append({**whole, "merchant_id": f"{name}, late {number}"})
    for body in (once, *late):
        answer = server.request("POST", "/calls", json=body)
        assert answer.status_code == 200, answer.text


def found(server: Server, query_type: str, *columns: str, **body: Any) -> dict[str, Any]:
    """What the merchants of each case have in some columns: one thing, where all have the same."""
    rows = server.rows(query_type, group_by=["merchant_id"], page_size=10_000, **body)
    merchants: dict[str, list[Any]] = {}
    for row in rows:
        merchants.setdefault(row["merchant_id"], []).append(tuple(row[name] for name in columns))
    cases: dict[str, list[Any]] = {}
    for merchant, values in merchants.items():
        cases.setdefault(merchant.partition(", ")[0], []).append(values)
    cases.pop("others", None)
    return {
        name: values[0] if values == values[:1] * 12 else values for name, values in cases.items()
    }


def test_success(server: Server) -> None:
    bring(server, {name: records for name, (records, _) in SUCCESSES.items()})
    successes = found(server, "success_rate", "calls", "successes")
    assert successes == {name: [(1, wanted)] for name, (_, wanted) in SUCCESSES.items()}


def test_cost(server: Server) -> None:
    bring(server, {name: records for name, (records, _) in COSTS.items()})
    spent = found(server, "measure", "currency", "sum", measure="cost")
    assert spent == {name: [wanted] for name, (_, wanted) in COSTS.items() if wanted}


def test_answer(server: Server) -> None:
    bring(server, {name: records for name, (records, _) in RINGS.items()})
    rings = found(server, "measure", "count", "sum", measure="ring")
    assert rings == {name: [(1, wanted)] for name, (_, wanted) in RINGS.items() if wanted}
