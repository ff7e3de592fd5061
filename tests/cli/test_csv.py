"""CSV files: header, cells, line numbers."""

from typing import Any

import pytest

from callistics.files.lines import Line, UnreadableError
from callistics.records.field import RecordKind

from .reading import from_csv, numbered, records, rules


def test_cells_are_of_the_type_of_their_field() -> None:
    text = (
        "call_id,duration,attempt,sentiment,test,outcome,payload.age\n"
        "c1,42.50,3,0.8,yes,100,82.0\n"
        "c2,007,1.0,positive,F,true,\n"
        "c3,soon,x,.5,maybe, ,x\n"
    )
    assert records(from_csv(text)) == [
        {
            "call_id": "c1",
            "duration": 42.5,
            "attempt": 3,
            "sentiment": 0.8,
            "test": True,
            "outcome": "100",
            "payload": {"age": "82.0"},
        },
        {
            "call_id": "c2",
            "duration": 7,
            "attempt": 1.0,
            "sentiment": "positive",
            "test": False,
            "outcome": "true",
        },
        {
            "call_id": "c3",
            "duration": "soon",
            "attempt": "x",
            "sentiment": 0.5,
            "test": "maybe",
            "outcome": " ",
            "payload": {"age": "x"},
        },
    ]


def test_numbers_stay_exact() -> None:
    (line,) = from_csv("call_id,sentiment\nc,0.10000000000000000000000000000000001\n")
    assert line.body == b'{"call_id":"c","sentiment":0.10000000000000000000000000000000001}'


def test_empty_cells_are_absent() -> None:
    assert records(from_csv('call_id,outcome,payload.a\nc,"",\n')) == [{"call_id": "c"}]


def test_cells_that_keep_spreadsheets_from_reading_a_number() -> None:
    text = 'call_id,duration,payload.to,outcome\n="007",="12",="+351912345678",="a"&"b"\n'
    assert records(from_csv(text)) == [
        {
            "call_id": "007",
            "duration": 12,
            "payload": {"to": "+351912345678"},
            "outcome": '="a"&"b"',
        }
    ]


def test_dots_make_nested_payloads() -> None:
    text = "payload.address.city,call_id,payload.address.zip,payload.plan\nPune,c,411,gold\n"
    assert records(from_csv(text)) == [
        {"call_id": "c", "payload": {"address": {"city": "Pune", "zip": "411"}, "plan": "gold"}}
    ]


def test_a_payload_column_of_json_with_others_on_top() -> None:
    text = 'payload.city,call_id,payload\nPune,c,"{""city"": ""Delhi"", ""n"": 1.10}"\n'
    (line,) = from_csv(text)
    assert line.body == b'{"call_id":"c","payload":{"city":"Pune","n":1.10}}'


def test_a_payload_that_is_no_object_spoils_its_line_only() -> None:
    lines = from_csv("call_id,payload,payload.a\nc,text,1\nd,,1\n")
    assert numbered(lines) == {2: "payload is no object, so it cannot hold payload.a", 3: None}


def test_lines_are_numbered_as_an_editor_does() -> None:
    text = 'call_id,outcome\n\nc1,"one\ntwo\nthree"\n\nc2,x\r\nc3,"a\r\nb"\nc4,y'
    lines = from_csv(text)
    assert [line.number for line in lines] == [3, 7, 8, 10]
    assert records(lines)[0]["outcome"] == "one\ntwo\nthree"


def test_rows_of_another_length_are_bad() -> None:
    lines = from_csv("call_id,outcome\nc1\nc2,x,y\nc3,z\n")
    assert numbered(lines) == {
        2: "has 1 cell where the header has 2",
        3: "has 3 cells where the header has 2",
        4: None,
    }


def test_bytes_that_are_no_text_spoil_their_line_only() -> None:
    lines = from_csv(b"call_id,outcome\nc1,\xff\xfe\nc2,caf\xc3\xa9\n")
    assert numbered(lines) == {2: "not valid UTF-8 text", 3: None}


def test_a_byte_order_mark_and_blanks_in_the_header_do_not_matter() -> None:
    assert records(from_csv("\ufeffcall_id , outcome\nc,x\n")) == [{"call_id": "c", "outcome": "x"}]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    text = f"call_id{mark}outcome\nc{mark}x\n"
    assert records(from_csv(text)) == [{"call_id": "c", "outcome": "x"}]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ('call_id;"payload.a, b";outcome', "c;1;x"),
        ("call_id;payload.a, b;outcome", "c;1;x"),
        ('call_id,"payload.a;b;c;d",outcome', "c,1,x"),
        ("call_id\tpayload.a;b\toutcome", "c\t1\tx"),
    ],
)
def test_a_mark_in_the_name_of_a_column_is_no_delimiter(header: str, row: str) -> None:
    (record,) = records(from_csv(f"{header}\n{row}\n"))
    assert (record["call_id"], record["outcome"], len(record["payload"])) == ("c", "x", 1)


def test_the_delimiter_may_be_said() -> None:
    assert records(from_csv("call_id:outcome\nc:x,y\n", delimiter=":")) == [
        {"call_id": "c", "outcome": "x,y"}
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "call_id,outcome\n"])
def test_nothing_but_a_header(text: str) -> None:
    assert from_csv(text) == []


def records_of(lines: list[Line]) -> list[Any]:
    return records([line for line in lines if line.wrong is None])


def test_a_quote_that_never_ends_is_said_with_its_line() -> None:
    assert numbered(from_csv('call_id,outcome\nc1,x\nc2,"never\nends\nc3,y\n')) == {
        2: None,
        3: "not CSV: unexpected end of data",
        4: "has 1 cell where the header has 2",
        5: None,
    }


def test_a_line_that_is_no_csv_spoils_that_line_only() -> None:
    text = (
        "call_id,started_at,outcome\n"
        "a,2024-01-26,fine\n"
        'b,2024-01-27,""x" y"\n'
        "c,2024-01-28,ok\n"
        'd,2024-01-29,"two\nlines"\n'
        'e,2024-01-30,"x" y\n'
        'f,2024-01-31,"a ""quoted"" word"\n'
    )
    lines = from_csv(text)
    wrong = "not CSV: ',' expected after '\"'"
    assert numbered(lines) == {2: None, 3: wrong, 4: None, 5: None, 7: wrong, 8: None}
    found = {record["call_id"]: record["outcome"] for record in records_of(lines)}
    assert found == {"a": "fine", "c": "ok", "d": "two\nlines", "f": 'a "quoted" word'}


def test_lines_that_a_stray_quote_ran_across_are_read_again() -> None:
    text = 'call_id,outcome\na,"open\nb,x\nc,x\nd,close"d\ne,x\n'
    found = numbered(from_csv(text))
    assert [number for number, wrong in found.items() if wrong is None] == [3, 4, 5, 6]
    assert found[2] == "not CSV: ',' expected after '\"'"


def test_a_good_row_is_read_however_many_stray_quotes_ran_across_it() -> None:
    stray = 'x",2024-01-26,"y\n' * 30
    lines = from_csv(f"call_id,started_at,outcome\n{stray}a,2024-01-27,ok\n")
    assert numbered(lines) == {**dict.fromkeys(range(2, 32), STRAY), 32: None}


STRAY = "not CSV: unexpected end of data"


def test_a_header_that_is_no_csv_ends_the_file() -> None:
    with pytest.raises(UnreadableError, match="line 1: not CSV"):
        from_csv('call_id,"out"come\nc,x\n')


def test_times_without_an_offset_are_read_in_the_zone_given() -> None:
    text = (
        "call_id,started_at,payload.seen\n"
        "summer,2025-07-01 12:00:00,2025-07-01 12:00\n"
        "twice,2025-10-26T02:30:00,\n"
        "gap,2025-03-30T02:30:00,\n"
        "offset,2025-07-01T12:00:00+05:30,\n"
        "date,2025-07-01,\n"
        "bad,yesterday,\n"
    )
    found = {
        record["call_id"]: record["started_at"]
        for record in records(from_csv(text, rules(timezone="Europe/Berlin")))
    }
    assert found == {
        "summer": "2025-07-01T10:00:00Z",
        # The server reads it together with the record's other times.
        "twice": "2025-10-26T02:30:00",
        "gap": "2025-03-30T01:30:00Z",
        "offset": "2025-07-01T12:00:00+05:30",
        "date": "2025-06-30T22:00:00Z",
        "bad": "yesterday",
    }


def test_the_zone_leaves_the_payload_alone() -> None:
    text = "call_id,payload.seen\nc,2025-07-01 12:00\n"
    assert records(from_csv(text, rules(timezone="Asia/Tokyo")))[0]["payload"] == {
        "seen": "2025-07-01 12:00"
    }


def test_leads_have_other_fields() -> None:
    text = "lead_id,created_at\nl,2025-01-01\n"
    assert records(from_csv(text, rules(kind=RecordKind.LEADS))) == [
        {"lead_id": "l", "created_at": "2025-01-01"}
    ]
    with pytest.raises(UnreadableError, match='columns that leads do not have:\n  "call_id"'):
        from_csv("lead_id,call_id\n", rules(kind=RecordKind.LEADS))
