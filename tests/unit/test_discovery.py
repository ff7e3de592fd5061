"""What there is to filter by: values and keys, on every engine, as records change."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from callistics.analytics import discovery
from callistics.analytics.discovery import RECENT_DAYS, FoundKeys
from callistics.analytics.parse_values import MAX_LIMIT, parse_values
from callistics.catalog.values import VALUED
from callistics.errors import Refused
from callistics.model.instants import DAY, MINUTE, utc_text
from callistics.model.query import Filters, OneOf
from callistics.model.scope import Scope
from support.discovering import EVERY, keys_of, values_of
from support.engines import ENGINES
from support.store import Store, lent

START = "2025-03-01T09:00:00Z"
ONE_TEMPLATE = Scope(template_ids=frozenset({"t2"}))


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with lent(request.param) as found:
        yield found


def call(number: int, **fields: Any) -> dict[str, Any]:
    owner = {"merchant_id": "m", "reseller_id": "r", "template_id": "t1"}
    return {"call_id": f"c{number}", "started_at": START, **owner, **fields}


def payload_calls(store: Store, *payloads: Mapping[str, Any], **fields: Any) -> None:
    store.send("calls", [call(n, payload=one, **fields) for n, one in enumerate(payloads)])


def shown(found: FoundKeys) -> list[tuple[str, tuple[str, ...], int]]:
    assert found.complete
    return [(one.key, one.types, one.calls) for one in found.keys]


def test_values_come_by_calls_and_then_by_code_point(store: Store) -> None:
    words = ["b", "a", "é", "z", "z", None]
    store.send("calls", [call(n, outcome=word) for n, word in enumerate(words)])
    assert values_of(store, "outcome") == [("z", 2), ("a", 1), ("b", 1), ("é", 1)]
    assert values_of(store, "outcome", limit=2) == [("z", 2), ("a", 1)]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("no", ["NO_ANSWER", "no-answer"]),
        ("NO_", ["NO_ANSWER"]),
        ("é", ["Émile", "émile"]),
        (".", [".*"]),
        ("[", ["[x]"]),
        ("\\", ["\\d"]),
        ("answer", []),
    ],
)
def test_a_prefix_is_any_case_and_no_pattern(store: Store, prefix: str, found: list[str]) -> None:
    words = ["NO_ANSWER", "no-answer", "BUSY", "Émile", "émile", ".*", "[x]", "\\d"]
    store.send("calls", [call(n, outcome=word) for n, word in enumerate(words)])
    assert sorted(value for value, _ in values_of(store, "outcome", prefix=prefix)) == found


def test_only_calls_that_count_are_counted_and_as_they_are_now(store: Store) -> None:
    incomplete = {"call_id": "c3", "merchant_id": "m", "outcome": "PENDING"}
    store.send("calls", [call(1, outcome="A"), call(2, outcome="T", test=True), incomplete])
    assert values_of(store, "outcome") == [("A", 1)]
    store.send("calls", [call(1, outcome="B"), call(2, test=False)])
    assert values_of(store, "outcome") == [("B", 1), ("T", 1)]
    store.send("calls", [call(1, test=True)])
    assert values_of(store, "outcome") == [("T", 1)]


def test_a_status_is_that_of_the_calls_lead_now(store: Store) -> None:
    own = {"lead_id": "L", "merchant_id": "m", "reseller_id": "r"}
    store.send("calls", [call(1, lead_id="L"), call(2, lead_id="L"), call(3, status="won")])
    store.send("leads", [own | {"status": "new"}])
    assert values_of(store, "status") == [("new", 2), ("won", 1)]
    store.send("leads", [own | {"status": "won"}])
    assert values_of(store, "status") == [("won", 3)]


def test_values_of_every_field_are_within_the_scope_and_the_filters(store: Store) -> None:
    mine = {"provider": "P", "outcome": "O", "direction": "inbound", "agent_id": "a",
            "end_reason": "e", "language": "l", "cost": 1, "currency": "usd", "status": "s",
            "payload": {"k": "v"}}  # fmt: skip
    store.send("calls", [call(1, **mine), call(2, **mine, template_id="t2", reseller_id="r")])
    store.send("calls", [call(3, **mine, template_id="t2")])
    for field in (*VALUED, "payload.k"):
        assert sum(calls for _, calls in values_of(store, field)) == 3, field
        assert sum(calls for _, calls in values_of(store, field, ONE_TEMPLATE)) == 2, field
        nobody = replace(EVERY, filters=Filters((("merchant_id", OneOf(("x",))),)))
        assert values_of(store, field, within=nobody) == [], field
    assert values_of(store, "currency") == [("USD", 3)]


def test_values_of_a_payload_are_what_a_filter_finds(store: Store) -> None:
    listed = {"tags": ["vip", "new", "vip", None, {"a": 1}, [7]]}
    payload_calls(store, {"tags": "vip"}, listed, {"tags": {"a": 1}}, {"tags": 7.0}, {"tags": []})
    assert values_of(store, "payload.tags") == [("7", 2), ("vip", 2), ("new", 1)]
    payload_calls(store, {}, {"tags": ["late"]})
    assert values_of(store, "payload.tags") == [("7", 1), ("late", 1)]
    assert values_of(store, "payload.none") == []


def test_keys_have_types_and_the_calls_of_the_last_days(store: Store) -> None:
    recent = utc_text(store.now - RECENT_DAYS * DAY + MINUTE)
    before = utc_text(store.now - RECENT_DAYS * DAY - MINUTE)
    now = {"started_at": recent, "payload": {"a": 1, "b": {"c": [1]}, "n": None}}
    early = {"started_at": before, "payload": {"a": "x"}}
    later = utc_text(store.now + DAY)
    store.send("calls", [call(1) | now, call(2) | early, call(3) | now | {"started_at": later}])
    store.send("calls", [call(4) | now | {"test": True}])
    assert shown(keys_of(store)) == [
        ("a", ("number", "string"), 1),
        ("b", ("object",), 1),
        ("b.c", ("array",), 1),
    ]


def test_keys_follow_what_records_say_now(store: Store) -> None:
    recent = {"started_at": utc_text(store.now - DAY)}
    store.send("calls", [call(1, lead_id="L", payload={"old": True}) | recent])
    own = {"lead_id": "L", "merchant_id": "m", "reseller_id": "r", "template_id": "t1"}
    store.send("leads", [own | {"payload": {"city": "Pune"}}])
    assert shown(keys_of(store)) == [("city", ("string",), 1), ("old", ("boolean",), 1)]
    store.send("calls", [call(1, payload=None) | recent])
    assert shown(keys_of(store)) == [("city", ("string",), 1)]
    store.send("leads", [own | {"payload": None}])
    assert shown(keys_of(store)) == []


def test_keys_are_those_of_the_scope_alone(store: Store) -> None:
    payload_calls(store, {"theirs": 1})
    store.send("calls", [call(9, template_id="t2", payload={"mine": 1})])
    assert [one.key for one in keys_of(store, ONE_TEMPLATE).keys] == ["mine"]


def test_of_too_many_keys_those_of_most_calls_are_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "MOST_KEYS", 2)
    recent = {"started_at": utc_text(store.now - DAY)}
    store.send("calls", [call(1, payload={"a": 1, "z": 1}) | recent])
    assert [one.key for one in keys_of(store).keys] == ["a", "z"]
    store.send("calls", [call(2, payload={"b": 1, "z": 1}) | recent])
    found = keys_of(store)
    assert ([one.key for one in found.keys], found.complete) == (["z", "a"], False)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 400),
        ({"field": "outcom"}, 400),
        ({"field": "lead_id"}, 400),
        ({"field": "payload."}, 400),
        ({"field": "outcome", "limit": "ten"}, 400),
        ({"field": "outcome", "limit": "0"}, 422),
        ({"field": "outcome", "limit": str(MAX_LIMIT + 1)}, 422),
        ({"field": "outcome", "prefix": "x" * 201}, 422),
    ],
)
def test_parameters_are_checked(given: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as found:
        parse_values(given)
    assert found.value.answer_status == status


def test_a_field_that_is_nearly_one_is_named() -> None:
    with pytest.raises(Refused, match='did you mean "outcome"'):
        parse_values({"field": "outcom"})
