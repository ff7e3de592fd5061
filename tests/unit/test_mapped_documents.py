"""Mappings as TOML, and the records that they make of documents."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callistics.mapping import (
    FieldRule,
    MappingError,
    RecordMapping,
    builtin,
    builtin_names,
    read_mapping,
)
from callistics.mapping.write import mapping_text


def records(text: str, document: object) -> list[Any]:
    return [one.record for one in read_mapping(text, "m").map(document)]


WEBHOOK = """
title = "Vox"
format = "events, 2026-01"
sources = ["Vox docs, events"]
records = "call"
timezone = "Asia/Kolkata"
rest = "drop"

[fields]
call_id = "id"
started_at = { from = ["startedAt", "createdAt"] }
answered_at = { from = "answered", unit = "ms", zero = "absent" }
duration = { from = "lasted", unit = "ms" }
cost = { from = "costs.0.amount", unit = "cents" }
currency = { value = "USD" }
direction = { from = "kind", values = { outCall = "outbound", "*" = "inbound" } }
outcome = { from = "result", default = "NONE" }
updated_at = { from = "$.at", unit = "s" }
"payload.city" = "customer.city"

[[event]]
when = { type = ["ended"] }

[[event]]
when = { type = ["scored", "rated"] }
[event.fields]
sentiment = { from = "$.score", scale = 0.01 }
outcome = false

[[event]]
when = { type = ["ping"] }
ignore = true

[[event]]
when = { batch = "*" }
each = "batch[]"
"""


def test_a_body_becomes_a_record() -> None:
    call = {
        "id": 42,
        "startedAt": None,
        "createdAt": "2025-01-05 05:30",
        "answered": 0,
        "lasted": 1500,
        "costs": [{"amount": Decimal("7.5")}],
        "kind": "OutCall",
        "result": "",
        "customer": {"city": "Pune", "name": "A"},
    }
    body = {"type": "ended", "at": 1736035260, "call": call}
    assert records(WEBHOOK, body) == [
        {
            "call_id": "42",
            "started_at": "2025-01-05T00:00:00Z",
            "duration": Decimal("1.5"),
            "cost": Decimal("0.075"),
            "currency": "USD",
            "direction": "outbound",
            "outcome": "NONE",
            "updated_at": "2025-01-05T00:01:00Z",
            "payload": {"city": "Pune"},
        }
    ]
    assert call["lasted"] == 1500


def test_events_have_fields_of_their_own() -> None:
    body = {"type": "rated", "score": 85, "call": {"id": "c", "result": "x"}}
    # There is no cost that the currency would be of.
    assert records(WEBHOOK, body) == [{"call_id": "c", "sentiment": Decimal("0.85")}]


@pytest.mark.parametrize("body", [{"type": "ping"}, {"type": "other"}, {}, [], "x", None])
def test_bodies_that_say_nothing_of_a_call(body: object) -> None:
    (found,) = read_mapping(WEBHOOK).map(body)
    assert (found.record, found.ignored, found.problem) == (None, True, None)


def test_bodies_of_several_events() -> None:
    found = list(read_mapping(WEBHOOK).map({"batch": [{"id": "a"}, 7, {"id": "b", "lasted": "?"}]}))
    assert [one.index for one in found] == [0, 1, 2]
    assert [one.record is None for one in found] == [False, True, True]
    assert [one.problem for one in found[1:]] == [
        "a record must be an object",
        'duration: "?" is no number',
    ]


def test_a_body_without_its_records_has_a_problem() -> None:
    (found,) = read_mapping(WEBHOOK).map({"type": "ended"})
    assert found.problem == 'call: there is no "call" in the document'


@pytest.mark.parametrize(
    ("path", "document", "ids"),
    [
        ('"calls[]"', {"calls": [{"id": "a"}, {"id": "b"}]}, ["a", "b"]),
        ('"*"', {"a": {"id": "x"}, "b": {"id": "y"}}, ["x", "y"]),
        ('"data.items[].call"', {"data": {"items": [{"call": {"id": "a"}}]}}, ["a"]),
        ('"[]"', [{"id": "a"}], ["a"]),
        ('["calls[]", ""]', {"id": "a"}, ["a"]),
        ('["calls[]", ""]', {"calls": []}, []),
        ('""', {"id": "a"}, ["a"]),
    ],
)
def test_records_inside_a_document(path: str, document: object, ids: list[str]) -> None:
    text = f'records = {path}\nrest = "drop"\n[fields]\ncall_id = "id"\n'
    assert [one["call_id"] for one in records(text, document)] == ids


def test_the_key_of_an_object_may_be_the_id() -> None:
    text = 'records = "*"\nsame_names = true\n[fields]\ncall_id = "@key"\n'
    assert records(text, {"a": {"outcome": "x"}}) == [{"call_id": "a", "outcome": "x"}]


@pytest.mark.parametrize(
    ("path", "document", "message"),
    [
        ("calls[]", {"call": []}, 'calls[]: there is no "calls" in the document'),
        ("calls[]", {"calls": {}}, "calls[]: calls is no list"),
        ("[]", {}, "[]: the document is no list"),
        ("*", [], "*: there is no object whose values would be the records"),
    ],
)
def test_records_that_are_not_there(path: str, document: object, message: str) -> None:
    (found,) = read_mapping(f'records = "{path}"').map(document)
    assert found.problem == message


def test_ids_made_of_other_fields_are_the_same_everywhere() -> None:
    text = (
        'rest = "drop"\n[fields]\ncall_id = { hash = ["started_at", "from"] }\nstarted_at = "at"\n'
    )
    first, again, other = records(
        f'records = "[]"\n{text}',
        [{"at": "2025-01-05", "from": "1"}, {"at": "2025-01-05", "from": 1}, {"at": "2025-01-05"}],
    )
    assert first["call_id"] == again["call_id"] == "1eb25975449d470b39b73e3f9c2d8a01"
    assert other["call_id"] != first["call_id"]


def test_joined_sources_and_formats() -> None:
    text = """
    rest = "drop"
    [fields]
    call_id = { join = ["uuid", "leg"] }
    started_at = { join = ["day", "time"], format = "%d/%m/%Y %H:%M" }
    """
    document = {"uuid": "u", "leg": 2, "day": "05/01/2025", "time": "10:30"}
    assert records(text, document) == [{"call_id": "u:2", "started_at": "2025-01-05T10:30:00"}]


def test_the_rest_is_refused_unless_it_is_said_where_it_goes() -> None:
    text = 'drop = ["b.x"]\n[fields]\ncall_id = "id"\n'
    document = {"id": "c", "a": 1, "b": {"x": 1}}
    (found,) = read_mapping(text).map(document)
    assert found.problem == "a is neither mapped nor dropped"
    assert records(f'rest = "payload"\n{text}', document) == [{"call_id": "c", "payload": {"a": 1}}]
    assert records(f'rest = "drop"\n{text}', document) == [{"call_id": "c"}]
    assert document == {"id": "c", "a": 1, "b": {"x": 1}}


def test_fields_laid_over_a_mapping_hold_in_every_event() -> None:
    mapping = read_mapping(WEBHOOK)
    body = {"type": "rated", "score": 85, "call": {"id": "c", "tenant": "mer_a"}}
    from_text = read_mapping('[fields]\nmerchant_id = "tenant"\nsentiment = "none"').fields
    (found,) = mapping.overlaid(from_text).map(body)
    assert found.record == {"call_id": "c", "merchant_id": "mer_a"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fields", "m: not TOML"),
        ('titel = "x"', 'a mapping has no "titel", did you mean "title"?'),
        ('[fields]\noutcom = "x"', 'calls have no field outcom, did you mean "outcome"?'),
        ("[fields]\noutcome = 7", "outcome: must name its source, or be a table"),
        ('[fields]\noutcome = { frm = "x" }', 'a field has no "frm", did you mean "from"?'),
        ('[fields]\nduration = { from = "x", unit = "sec" }', "is one of s, ms, us, ns, min, h"),
        ('[fields]\npayload.city = "x"', 'payload: write "payload.city" in quotes'),
        ('[fields]\n"payload.a" = "x"\n"payload.a.b" = "y"', "cannot be a value and hold"),
        ('[fields]\noutcome = { from = "x", value = "y" }', "different ways to fill it"),
        ('[fields]\noutcome = { from = "x", values_only = true }', "says nothing without values"),
        ('[fields]\ncost = { from = "x", scale = "1" }', "scale must be a number"),
        ("[fields]\noutcome = { value = [1] }", "texts, numbers, true or false"),
        ('kind = "call"', 'kind must be calls or leads, did you mean "calls"?'),
        ('kind = "leads"\nas_of = "end"', "as of end is for calls"),
        ('timezone = "Mars"', "timezone: "),
        ("skip_lines = -1", "skip_lines must be a whole number from 0"),
        ('rest = "keep"', "rest must be refuse or payload or drop"),
        ("columns = [1]", "columns must be a text, or a list of texts"),
        ("[event]", "event must be a list of tables: [[event]]"),
        ('[[event]]\nwhen = { type = [["x"]] }', "the words of when are texts"),
        ('[[event]]\nwher = { type = ["x"] }', 'an event has no "wher"'),
    ],
)
def test_mappings_that_make_no_sense(text: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(text, "m")
    assert str(caught.value).startswith("m: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("name", builtin_names())
def test_a_mapping_that_is_written_is_read_as_it_was(name: str) -> None:
    mapping = replace(builtin(name), events=(), webhook={})
    assert read_mapping(mapping_text(mapping), name) == mapping


def test_texts_of_any_kind_are_written() -> None:
    rule = FieldRule(('a"b\x7f\n',), words={"é \U0001f600": "x", "1": True, "n": Decimal("0.50")})
    mapping = RecordMapping("m", fields={"payload.a b": rule}, nulls=("\\N",), decimal=",")
    assert read_mapping(mapping_text(mapping), "m") == mapping


def test_every_mapping_that_is_shipped_says_what_it_follows() -> None:
    for name in builtin_names():
        mapping = builtin(name)
        assert mapping.title
        assert mapping.format
        assert mapping.sources
    with pytest.raises(MappingError, match='there is no mapping "twillio-calls", did you mean'):
        builtin("twillio-calls")
