"""Columns and fields by other names: --map, --set, --drop, --payload-rest."""

from dataclasses import replace
from typing import Any

import click
import pytest

from callistics.files.lines import UnreadableError
from callistics.files.mapped import changed
from callistics.mapping.mapping import RecordMapping

from .reading import change, from_csv, from_json, numbered, records, rules, text_of


def test_columns_by_other_names() -> None:
    found = rules(
        "started_at=call_time",
        "payload.address.city=City",
        "call_id=id",
        constants=("merchant_id=mer_x", "attempt=2", "payload.source=import", "test=false"),
        dropped=("noise",),
    )
    text = "id,call_time,City,noise,outcome\nc,2025-01-01,Pune,zzz,BUSY\n"
    assert records(from_csv(text, found)) == [
        {
            "call_id": "c",
            "started_at": "2025-01-01",
            "outcome": "BUSY",
            "merchant_id": "mer_x",
            "attempt": 2,
            "test": False,
            "payload": {"address": {"city": "Pune"}, "source": "import"},
        }
    ]


def test_one_column_may_fill_two_fields() -> None:
    text = "id\nc\n"
    assert records(from_csv(text, rules("call_id=id", "lead_id=id"))) == [
        {"call_id": "c", "lead_id": "c"}
    ]


def test_unknown_columns_are_named_with_what_was_meant() -> None:
    with pytest.raises(UnreadableError) as caught:
        from_csv("call_id,merchnt_id,City\n")
    lines = str(caught.value).splitlines()
    assert lines[0] == "columns that calls do not have:"
    assert lines[1] == '  "merchnt_id", did you mean "merchant_id"?'
    assert lines[2] == '  "City"'
    assert "--map" in lines[3]
    assert "--drop" in lines[3]
    assert "--payload-rest" in lines[3]


def test_a_column_that_map_or_set_takes_the_place_of_has_to_be_dropped() -> None:
    text = "call_id,outcome,result\nc,a,b\n"
    with pytest.raises(UnreadableError, match='"outcome" is set by --map or --set already'):
        from_csv(text, rules("outcome=result"))
    found = rules("outcome=result", dropped=("outcome",))
    assert records(from_csv(text, found)) == [{"call_id": "c", "outcome": "b"}]


def test_the_rest_goes_into_the_payload() -> None:
    text = "call_id,City,order.amount,payload.plan\nc,Pune,12.5,gold\n"
    assert records(from_csv(text, rules(rest=True))) == [
        {
            "call_id": "c",
            "payload": {"City": "Pune", "order": {"amount": "12.5"}, "plan": "gold"},
        }
    ]


@pytest.mark.parametrize(
    ("text", "found", "message"),
    [
        ("call_id,call_id\n", rules(), 'the column "call_id" occurs twice'),
        ("call_id,call time\n", rules("started_at=call_time"), 'did you mean "call time"'),
        ("call_id\n", rules(dropped=("noise",)), '--drop: there is no column "noise"'),
        ("call_id,\n", rules(), '"column 2"'),
        ("call_id,payload.a,payload.a.b\n", rules(), "cannot be a value and hold"),
        ("call_id,a,payload.a\n", rules(rest=True), "payload.a is filled twice"),
        ("payload.a.b\n", rules(constants=("payload.a=1",)), "cannot be a value and hold"),
        ("call_id,a,a.b\n", rules(rest=True), "cannot be a value and hold"),
    ],
)
def test_headers_that_do_not_fit(text: str, found: RecordMapping, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        from_csv(text, found)
    assert message in str(caught.value)


def test_a_column_that_a_saved_mapping_names_is_said_to_be_of_it() -> None:
    saved = replace(rules("started_at=when"), name="ours.toml")
    with pytest.raises(UnreadableError, match=r"ours\.toml: there is no column \"when\""):
        from_csv("call_id,then\n", saved)


@pytest.mark.parametrize(
    ("moves", "constants", "message"),
    [
        (["started_at"], [], "must look like"),
        (["=x"], [], "must look like"),
        (["outcome="], [], "must look like"),
        (["outcom=x"], [], 'did you mean "outcome"'),
        (["payload.=x"], [], "no field payload."),
        (["payload.a..b=x"], [], "no field payload.a..b"),
        (["outcome=a", "outcome=b"], [], "--map names outcome twice"),
        (["outcome=a"], ["outcome=b"], "both --map and --set"),
        (["payload.a=a"], ["payload.a.b=b"], "cannot be a value and hold"),
    ],
)
def test_rules_that_make_no_sense(moves: list[str], constants: list[str], message: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        rules(*moves, constants=tuple(constants))
    assert message in caught.value.message


def test_without_rules_nothing_is_changed() -> None:
    assert rules().changes_nothing
    assert not rules(timezone="UTC").changes_nothing


def test_fields_of_json_by_other_names() -> None:
    record = {
        "id": "c",
        "customer": {"city": "Pune", "name": "A"},
        "customer.age": 61,
        "payload": {"plan": "gold"},
    }
    found = rules(
        "call_id=id",
        "payload.city=customer.city",
        "payload.age=customer.age",
        constants=("merchant_id=mer_x",),
        dropped=("customer.name",),
    )
    assert change(record, found) == {
        "call_id": "c",
        "merchant_id": "mer_x",
        "payload": {"plan": "gold", "city": "Pune", "age": 61},
    }


def test_fields_that_are_not_there_stay_absent() -> None:
    found = rules("outcome=result", "payload.a=x.y", dropped=("z", "p.q"))
    assert change({"call_id": "c", "x": 3}, found) == {"call_id": "c", "x": 3}


def test_fields_may_change_places() -> None:
    record = {"call_id": "a", "lead_id": "b"}
    assert change(record, rules("call_id=lead_id", "lead_id=call_id")) == {
        "call_id": "b",
        "lead_id": "a",
    }


def test_null_clears_and_moves_as_well() -> None:
    found = rules("outcome=result")
    assert change({"call_id": "c", "result": None}, found) == {"call_id": "c", "outcome": None}


def test_the_rest_of_json_goes_into_the_payload() -> None:
    record = {"call_id": "c", "city": "Pune", "tags": [1], "payload": {"plan": "gold"}}
    assert change(record, rules(rest=True)) == {
        "call_id": "c",
        "payload": {"plan": "gold", "city": "Pune", "tags": [1]},
    }


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"city": "x", "payload": {"city": "y"}}, "city is in the payload already"),
        ({"city": "x", "payload": "text"}, "payload is no object"),
    ],
)
def test_two_values_for_one_place_are_bad(record: dict[str, Any], message: str) -> None:
    assert message in change(record, rules(rest=True))


def test_times_of_json_get_the_zone() -> None:
    record = {"call_id": "c", "started_at": "2025-01-01T00:00", "updated_at": None}
    assert change(record, rules(timezone="Asia/Kolkata")) == {
        "call_id": "c",
        "started_at": "2024-12-31T18:30:00Z",
        "updated_at": None,
    }


def test_numbers_of_json_stay_exact() -> None:
    text = '{"id": "c", "duration": 1.0000000000000000000001, "payload": {"n": 8.2e1}}'
    (line,) = changed(from_json(text), rules("call_id=id"))
    wanted = b'{"duration":1.0000000000000000000001,"payload":{"n":82},"call_id":"c"}'
    assert text_of(line) == wanted


def test_lines_that_are_no_json_keep_their_numbers() -> None:
    text = '{"id": 1}\n{broken\n\n{"id": 1, "id": 2}\n[]\n{"id": "\\ud800"}\n'
    found = numbered(list(changed(from_json(text), rules("call_id=id"))))
    assert list(found) == [1, 2, 4, 5, 6]
    assert found[1] is None
    assert (found[2] or "").startswith("not JSON")
    assert "occurs twice" in (found[4] or "")
    assert found[5] == "a record must be an object"


def test_a_status_that_is_mapped_is_not_that_of_the_lead() -> None:
    text = "call_id,status\nc,no-answer\n"
    assert records(from_csv(text, rules("outcome=status"))) == [
        {"call_id": "c", "outcome": "no-answer"}
    ]
    assert change({"call_id": "c", "status": "x"}, rules("outcome=status", "status=status")) == {
        "call_id": "c",
        "outcome": "x",
        "status": "x",
    }


def test_columns_that_are_dropped_may_have_one_name() -> None:
    found = rules(dropped=("A",))
    assert records(from_csv("A,A,call_id\n1,2,c\n", found)) == [{"call_id": "c"}]
    with pytest.raises(UnreadableError, match='"A" occurs twice'):
        from_csv("A,A,call_id\n1,2,c\n", rules("outcome=A", dropped=("A",)))


def test_hints_are_of_spelling_and_not_of_meaning() -> None:
    with pytest.raises(UnreadableError) as caught:
        from_csv("call_id,Price,Status,Outcome\n")
    lines = str(caught.value).splitlines()
    assert lines[1] == '  "Price"'
    assert lines[2].startswith('  "Status": what the call came to is the field outcome')
    assert lines[3] == '  "Outcome", did you mean "outcome"?'
