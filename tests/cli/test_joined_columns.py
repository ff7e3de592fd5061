"""Fields that several columns are joined to, and columns that fill several fields."""

import pytest

from callistics.files.lines import UnreadableError

from .reading import change, from_csv, records, rules

LEGS = (
    "uuid,leg,date,time,started_at+x\nu,1,2025-01-05,10:00:00,z\nu,2,,,z\nu,,2025-01-06,11:30,z\n"
)


def test_columns_are_joined() -> None:
    found = rules("call_id=uuid+leg", "started_at=date+time", "payload.when=time+date", rest=True)
    assert records(from_csv(LEGS, found)) == [
        {
            "call_id": "u:1",
            "started_at": "2025-01-05 10:00:00",
            "payload": {"when": "10:00:00 2025-01-05", "started_at+x": "z"},
        },
        {"call_id": "u:2", "payload": {"started_at+x": "z"}},
        {
            "call_id": "u",
            "started_at": "2025-01-06 11:30",
            "payload": {"when": "11:30 2025-01-06", "started_at+x": "z"},
        },
    ]


def test_joined_times_get_the_zone() -> None:
    found = rules("started_at=date+time", dropped=("a",), timezone="Asia/Kolkata")
    (record,) = records(from_csv("call_id,date,time,a\nc,2025-01-05,05:30,\n", found))
    assert record["started_at"] == "2025-01-05T00:00:00Z"
    json_record = {"call_id": "c", "date": "2025-01-05", "at": {"time": "05:30"}}
    assert change(json_record, rules("started_at=date+at.time", timezone="Asia/Kolkata")) == {
        "call_id": "c",
        "started_at": "2025-01-05T00:00:00Z",
    }


def test_half_of_a_time_is_bad() -> None:
    found = rules("started_at=date+time")
    (line,) = from_csv("call_id,date,time\nc,2025-01-05,\n", found)
    assert line.wrong == "date+time: there is nothing in time"
    assert "nothing in time" in change({"call_id": "c", "date": "2025-01-05", "time": None}, found)
    assert change({"call_id": "c"}, found) == {"call_id": "c"}


def test_a_column_whose_name_has_a_plus_is_that_column() -> None:
    found = rules("call_id=a+b")
    assert records(from_csv("a+b\nc\n", found)) == [{"call_id": "c"}]
    assert change({"a+b": "c"}, found) == {"call_id": "c"}
    with pytest.raises(UnreadableError, match='--map: there is no column "b"'):
        from_csv("a\nc\n", found)


def test_a_column_that_is_mapped_fills_its_own_field_as_well() -> None:
    found = rules("updated_at=started_at", "payload.raw=outcome")
    text = "call_id,started_at,outcome\nc,2025-01-05T10:00:00Z,BUSY\n"
    whole = {
        "call_id": "c",
        "started_at": "2025-01-05T10:00:00Z",
        "updated_at": "2025-01-05T10:00:00Z",
        "outcome": "BUSY",
        "payload": {"raw": "BUSY"},
    }
    assert records(from_csv(text, found)) == [whole]
    record = {"call_id": "c", "started_at": "2025-01-05T10:00:00Z", "outcome": "BUSY"}
    assert change(record, found) == whole
    left_out = rules("payload.raw=outcome", dropped=("outcome",))
    assert change({"call_id": "c", "outcome": "BUSY"}, left_out) == {
        "call_id": "c",
        "payload": {"raw": "BUSY"},
    }
