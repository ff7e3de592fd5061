"""Payload keys, conditions and canonical text, worked out by hand."""

from typing import Any

import pytest

from .building import call, reference, rows


def matches(payload: Any, conditions: dict[str, Any], zone: str = "UTC") -> bool:
    made = reference([call("c", "2021-01-01", payload=payload)])
    body = {"filters": {"payload_filters": conditions}, "timezone": zone}
    return rows(made, "call_count", **body) == [{"count": 1}]


@pytest.mark.parametrize("value", [82, 82.0, "82"])
@pytest.mark.parametrize("wanted", [82, 82.0, "82", [1, "82"], {"in": [82]}])
def test_numbers_and_their_text_are_equal(value: Any, wanted: Any) -> None:
    assert matches({"k": value}, {"k": wanted})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("82.0", 82),
        (82, "82.0"),
        (2**53 + 1, 2.0**53),
        (True, 1),
        ("True", True),
        ("Sa\u0303o", "S\u00e3o"),
        ("", None),
        (0, None),
        (0, False),
    ],
)
def test_unequal(value: Any, wanted: Any) -> None:
    assert not matches({"k": value}, {"k": wanted})
    assert matches({"k": value}, {"k": {"ne": wanted}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (True, "true"),
        (2**53 + 1, "9007199254740993"),
        ("0.10", "0.10"),
        (100, "100"),
        (None, None),
        ([1], None),
        ({"a": 1}, None),
    ],
)
def test_canonical_text(value: Any, text: str | None) -> None:
    made = reference([call("c", "2021-01-01", payload={"k": value})])
    assert rows(made, "call_count", group_by=["payload.k"]) == [{"payload.k": text, "count": 1}]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"a": {"b": {"c": 1}}}, True),
        ({"a.b": {"c": 1}}, True),
        ({"a": {"b.c": 1}}, True),
        ({"a.b.c": 2, "a": {"b": {"c": 1}}}, False),
        ({"a.b.c": None, "a": {"b": {"c": 1}}}, False),
        ({"a.b": 5, "a": {"b": {"c": 1}}}, True),
        ({"a.b": {"x": 5}, "a": {"b": {"c": 1}}}, True),
        ({"a.b": {"c": 2}, "a": {"b.c": 1}}, False),
        ({"a": [{"b": {"c": 1}}]}, False),
        (None, False),
    ],
)
def test_keys_with_dots(payload: Any, found: bool) -> None:
    assert matches(payload, {"a.b.c": 1}) is found


LISTS: list[tuple[Any, Any, bool]] = [
    (["a", "b"], "b", True),
    (["a", ["b"]], "b", True),
    (["a", "b"], {"ne": "a"}, False),
    (["a", "b"], {"ne": "c"}, True),
    (["a"], {"ne": "a"}, False),
    (["a", ["b"]], {"not_in": ["b", "c"]}, False),
    (["a"], {"not_in": ["b", None]}, True),
    ([3, 30], {"gt": 5, "lt": 20}, True),
    ([3, 4], {"gt": 5, "lt": 20}, False),
    (["a", "b"], {"eq": "a", "ne": "b"}, False),
    (["a", "b"], {"eq": "a", "contains": "b"}, True),
    ([820, True], {"contains": "2", "starts_with": "tr"}, True),
    ([], {"exists": True}, True),
    ([], {"exists": False}, False),
    ([], None, False),
    ([], {"ne": None}, True),
    ([], {"ne": "a"}, True),
    ([], {"not_in": ["a"]}, True),
    ([], {"not_in": ["a", None]}, True),
    ([], {"contains": ""}, False),
    ([None], None, False),
    ([None], ["a", None], False),
    ([None], {"exists": True}, True),
    ([None], {"ne": None}, True),
    ([None], {"ne": "a"}, True),
    (["a", None], None, False),
    ([{"a": 1}], {"exists": True}, True),
    ([{"a": 1}], {"ne": "a"}, True),
    ([{"a": 1}], "a", False),
    ({"a": 1}, {"exists": True}, True),
    ({"a": 1}, {"ne": "a"}, True),
    ({"a": 1}, {"not_in": ["a", None]}, True),
    ({"a": 1}, {"eq": None}, False),
    ({"a": 1}, {"contains": ""}, False),
    ({}, None, False),
    ({}, {"ne": None}, True),
]


@pytest.mark.parametrize(("value", "wanted", "found"), LISTS)
def test_lists_and_objects(value: Any, wanted: Any, found: bool) -> None:
    assert matches({"k": value}, {"k": wanted}) is found


OPERATORS: list[tuple[Any, dict[str, Any], bool]] = [
    ("9", {"gt": "82"}, False),
    (9, {"lt": 82}, True),
    ("8.3e1", {"gt": 82}, True),
    ("083", {"gt": 82}, False),
    (True, {"gte": 0}, False),
    (2**53 + 1, {"gt": 2**53}, True),
    ("Lisboa", {"contains": "sbo"}, True),
    ("Lisboa", {"contains": "SBO"}, False),
    ("Lisboa", {"starts_with": "L%"}, False),
    (82.0, {"contains": "2", "starts_with": "8"}, True),
    (0, {"contains": ""}, True),
    ("2021-10-31T12:00Z", {"gt": "2021-10-31"}, False),
    ("2021-10-31T12:00Z", {"gte": "2021-10-31", "lte": "2021-10-31"}, True),
    ("2021-11-01T00:00:00Z", {"gt": "2021-10-31"}, True),
    ("2021-10-31", {"lt": "2021-10-31T00:00"}, False),
    ("2021-02-30", {"lt": "2021-10-31"}, False),
    ("x", {"not_in": ["y", None]}, True),
]


@pytest.mark.parametrize(("value", "wanted", "found"), OPERATORS)
def test_operators(value: Any, wanted: dict[str, Any], found: bool) -> None:
    assert matches({"k": value}, {"k": wanted}) is found


def test_absent_values() -> None:
    for payload in (None, {}, {"k": None}):
        assert matches(payload, {"k": None})
        assert matches(payload, {"k": {"exists": False}})
        assert matches(payload, {"k": {"ne": "a"}})
        assert matches(payload, {"k": {"not_in": ["a"]}})
        assert matches(payload, {"k": ["a", None]})
        assert not matches(payload, {"k": {"contains": ""}})
        assert not matches(payload, {"k": {"lt": 5}})
        assert not matches(payload, {"k": {"not_in": ["a", None]}})


def test_dates_in_payloads_are_local() -> None:
    wanted = {"k": {"gte": "2021-10-31T00:00+01:00"}}
    assert matches({"k": "2021-10-31"}, wanted, "Europe/Lisbon")
    assert not matches({"k": "2021-10-31"}, wanted, "Asia/Kathmandu")


@pytest.mark.parametrize(
    ("value", "operator", "operand", "holds"),
    [
        # The clocks of Lisbon read 01:30 twice, at 00:30Z and at 01:30Z.
        ("2021-10-31T01:30", "gte", "2021-10-31T01:30:00Z", True),
        ("2021-10-31T01:30", "lte", "2021-10-31T00:30:00Z", True),
        ("2021-10-31T01:45", "gt", "2021-10-31T01:30", True),
        ("2021-10-31T01:30", "gt", "2021-10-31T00:59Z", False),
        ("2021-10-31T01:59", "lte", "2021-10-31T00:59Z", True),
        # They went from 01:00 to 02:00 at 01:00Z.
        ("2021-03-28T01:30", "lt", "2021-03-28T01:00:00Z", True),
        ("2021-03-28T01:30", "gt", "2021-03-28T01:15", True),
        ("2021-03-28T01:30", "lt", "2021-03-28T02:15", True),
        ("2021-03-28T01:30Z", "gt", "2021-03-28T02:15", True),
    ],
)
def test_a_time_without_an_offset_is_a_reading_of_the_clocks(
    value: str, operator: str, operand: str, *, holds: bool
) -> None:
    assert matches({"k": value}, {"k": {operator: operand}}, "Europe/Lisbon") is holds


def test_a_calls_payload_overlays_its_leads_key_by_key() -> None:
    records = [
        call("c", "2021-01-01", lead_id="L", payload={"a": {"x": 1}, "n": None}),
        ("leads", {"lead_id": "L", "merchant_id": "m", "payload": {"a": {"y": 2}, "n": 1, "z": 3}}),
    ]
    for order in (records, records[::-1]):
        made = reference(order)
        holds = {"a.x": 1, "a.y": None, "n": None, "z": 3}
        for key, wanted in holds.items():
            filters = {"payload_filters": {key: wanted}}
            assert rows(made, "call_count", filters=filters) == [{"count": 1}], key
