"""The same records on every engine give the same bytes, whatever is asked of them.

`CALLISTICS_TEST_CALLS=1000000 pytest tests/oracle/test_engines_agree.py` takes that many
synthetic calls instead of a few thousand.
"""

import gzip
import json
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from callistics.errors import RequestError
from callistics.sql.selection import Policy
from callistics.synthetic.stream import UNTIL, batches
from support.engines import ENGINES
from support.store import Store, opened

from .strategies import LEAD_TYPES, OWN_KEYS, QUERY_TYPES
from .traps import ZONES

pytestmark = pytest.mark.slow
CALLS = int(os.environ.get("CALLISTICS_TEST_CALLS", "4000"))
QUESTIONS = 80
BATCH = 10_000
# Every eighth of the real calls has every value that many of them have.
BANK_STEP = 8
POLICY = Policy(lead_stages=("new", "contacted", "qualified", "converted"))
GRANULARITIES = ("hour", "day", "week", "month", "quarter", "year")
CALL_GROUPS = ("provider", "outcome", "direction", "attempt", "status")
ANY_GROUPS = ("template_id", "merchant_id", "reseller_id", "weekday")

Records = Sequence[dict[str, Any]]


def loaded(stack: ExitStack, records: Iterator[dict[str, Any]]) -> list[Store]:
    stores = [stack.enter_context(opened(engine, POLICY)) for engine in ENGINES]
    while batch := list(islice(records, BATCH)):
        receipts = [store.send("calls", batch) for store in stores]
        assert all(receipt == receipts[0] for receipt in receipts)
    return stores


@pytest.fixture(scope="module")
def synthetic() -> Iterator[list[Store]]:
    lines = (line for batch in batches(CALLS, 7, UNTIL) for line in batch.lines)
    with ExitStack() as stack:
        yield loaded(stack, map(json.loads, lines))


@pytest.fixture(scope="module")
def bank(shared: Path) -> Iterator[list[Store]]:
    lines = gzip.decompress((shared / "data" / "bank_marketing.ndjson.gz").read_bytes())
    with ExitStack() as stack:
        yield loaded(stack, map(json.loads, lines.splitlines()[::BANK_STEP]))


def values_of(store: Store, field: str) -> list[Any]:
    """The most frequent values of a field."""
    body = {"query_type": "call_count", "group_by": [field], "page_size": 10_000}
    rows = sorted(store.ask(body)["data"], key=lambda row: -row["count"])
    return [row[field] for row in rows[:40]]


class Questions:
    """Requests at random about what a store holds."""

    def __init__(self, store: Store, keys: Sequence[str], seed: int) -> None:
        self.chance = random.Random(seed)
        self.keys = keys
        names = ("template_id", "merchant_id", "reseller_id", "provider", "outcome", "status")
        self.known = {name: values_of(store, name) for name in names}
        self.payload = {key: values_of(store, f"payload.{key}") for key in keys}
        body = {"query_type": "calls_over_time", "granularity": "month", "page_size": 10_000}
        self.months = [row["date"] for row in store.ask(body)["data"]]

    def filters(self) -> dict[str, Any]:
        pick, found = self.chance.choice, {}
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            kind = self.chance.randrange(5)
            if kind == 0:
                name = pick(list(self.known))
                found[name] = [pick(self.known[name]), pick(self.known[name])]
            elif kind == 1:
                low, high = sorted((pick(self.months), pick(self.months)))
                found |= {"date_from": low, "date_to": high}
            elif kind == 2:
                key = pick(self.keys)
                operand = pick([value for value in self.payload[key] if value] or ["x"])
                operator = pick(("eq", "ne", "gte", "lt", "starts_with", "exists", "not_in"))
                wrapped = {"exists": True, "not_in": [operand]}.get(operator, operand)
                if operator in ("gte", "lt") and not str(operand).replace(".", "").isdigit():
                    operator, wrapped = "eq", operand
                found["payload_filters"] = {key: {operator: wrapped}}
            elif kind == 3:
                found["min_duration"] = self.chance.randrange(120)
            else:
                found["sentiment_max"] = self.chance.choice((0.2, 0.5, 0.9, 1))
        return found

    def body(self) -> dict[str, Any]:
        query_type = self.chance.choice(QUERY_TYPES)
        fields = ANY_GROUPS if query_type in LEAD_TYPES else (*ANY_GROUPS, *CALL_GROUPS)
        fields = tuple(name for name in fields if name != OWN_KEYS.get(query_type))
        payload = tuple(f"payload.{key}" for key in self.keys)
        measures = ("duration", "ring", "cost", "sentiment", *payload)
        measure = {"measure": self.chance.choice(measures)} if query_type == "measure" else {}
        return measure | {
            "query_type": query_type,
            "filters": self.filters(),
            "granularity": self.chance.choice(GRANULARITIES),
            "timezone": self.chance.choice(ZONES),
            "group_by": self.chance.sample((*fields, *payload), self.chance.choice((0, 0, 1, 2))),
            "page": self.chance.choice((1, 1, 1, 2, 5)),
            "page_size": self.chance.choice((10, 1_000, 10_000)),
        }


def answered(store: Store, body: dict[str, Any]) -> str:
    try:
        return json.dumps(store.ask(body))
    except RequestError as error:
        return str(error.answer_status)


def compare(stores: list[Store], keys: Sequence[str]) -> None:
    questions = Questions(stores[0], keys, 11)
    rows = 0
    for _ in range(QUESTIONS):
        body = questions.body()
        answers = [answered(store, body) for store in stores]
        assert all(answer == answers[0] for answer in answers), body
        rows += answers[0].count("{") - 1
    assert rows > QUESTIONS


def test_synthetic_calls(synthetic: list[Store]) -> None:
    compare(synthetic, ("city", "plan", "language"))


@pytest.mark.shared
def test_real_calls(bank: list[Store]) -> None:
    compare(bank, ("job", "age", "loans.housing", "education"))
