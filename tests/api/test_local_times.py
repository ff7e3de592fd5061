"""Times without an offset, in the zone that a request names, on every engine."""

from typing import Any

import pytest

from support.server import Server, problem

CALL = {"merchant_id": "m1", "reseller_id": "r1"}
IN_LISBON = "/calls?timezone=Europe/Lisbon"


def push(server: Server, *records: dict[str, Any]) -> None:
    answer = server.request("POST", IN_LISBON, json=[{**CALL, **one} for one in records])
    assert answer.status_code == 200, answer.text


def lengths(server: Server, **filters: Any) -> tuple[int, float, float]:
    (row,) = server.rows("call_duration", filters=filters)
    return row["count"], row["min"], row["max"]


@pytest.mark.parametrize("calls", [1, 100])
def test_a_call_in_the_repeated_hour_keeps_its_length(server: Server, calls: int) -> None:
    start = "2025-10-26 01:59:30"
    ends = {"a": "2025-10-26 02:00:15", "b": "2025-10-26 01:00:15"}
    records = [
        {"call_id": f"{name}{number}", "started_at": start, "ended_at": end}
        for name, end in ends.items()
        for number in range(calls)
    ]
    push(server, *records)
    assert lengths(server) == (2 * calls, 45, 45)


def test_an_end_that_comes_later_is_not_before_the_start(server: Server) -> None:
    push(
        server,
        {"call_id": "a", "started_at": "2025-10-26T00:59:30Z"},
        {"call_id": "b", "started_at": "2025-10-26T00:29:30Z"},
    )
    push(
        server,
        {"call_id": "a", "ended_at": "2025-10-26 01:00:15"},
        {"call_id": "b", "ended_at": "2025-10-26 01:30:15"},
    )
    assert lengths(server) == (2, 45, 45)


def test_a_start_and_its_end_in_one_request_of_many(server: Server) -> None:
    records: list[dict[str, Any]] = [
        {"call_id": f"c{number}", "started_at": "2025-10-26T00:59:30Z"} for number in range(60)
    ]
    records += [{"call_id": f"c{n}", "ended_at": "2025-10-26 01:00:15"} for n in range(60)]
    push(server, *records)
    assert lengths(server) == (60, 45, 45)


def test_an_end_before_the_start_beside_a_duration_is_stored(server: Server) -> None:
    times = {"started_at": "2025-01-15T09:30:00.900Z", "ended_at": "2025-01-15T09:30:00Z"}
    for calls in (1, 60):
        push(server, *({"call_id": f"{calls}-{n}", "duration": 0, **times} for n in range(calls)))
    assert lengths(server) == (61, 0, 0)
    answer = server.request("POST", "/calls", json={**CALL, "call_id": "c", **times})
    assert [one["pointer"] for one in problem(answer, 422)["errors"]] == ["/ended_at"]


def test_the_zone_of_a_request_is_one_that_exists(server: Server) -> None:
    record = {**CALL, "call_id": "c", "started_at": "2025-07-01 12:00"}
    answer = server.request("POST", "/calls?timezone=Europe/Lisboa", json=record)
    assert 'did you mean "Europe/Lisbon"' in problem(answer, 422)["detail"]
    push(server, record)
    (row,) = server.rows("calls_over_time", granularity="hour")
    assert row["date"] == "2025-07-01T11:00:00+00:00"


def test_another_zone_under_the_same_key_is_another_request(server: Server) -> None:
    headers = {"Idempotency-Key": "k"}
    record = {**CALL, "call_id": "c", "started_at": "2025-07-01 12:00"}
    for path, status in ((IN_LISBON, 200), (IN_LISBON, 200), ("/calls", 422)):
        answer = server.request("POST", path, json=record, headers=headers)
        assert answer.status_code == status, answer.text


FORMS = ("2024-01-27 15:07:24+00", "20240127T150724Z", "2024-01-27 15:07:24 UTC")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_in_records_and_filters(server: Server, form: str) -> None:
    push(server, *({"call_id": f"c{n}", "started_at": form} for n in range(40)))
    push(server, {"call_id": "one", "started_at": form})
    for filters, count in (
        ({"date_from": form, "date_to": form}, 41),
        ({"date_from": "2024-01-27T15:07:25Z"}, 0),
        ({"date_to": "20240127T150723Z"}, 0),
    ):
        assert server.rows("call_count", filters=filters) == [{"count": count}]


IN_PAYLOADS = {
    # The clocks of Lisbon read 01:30 twice, at 00:30Z and at 01:30Z.
    "twice": "2021-10-31T01:30",
    "later": "2021-10-31T01:45",
    "never": "2021-03-28T01:30",
    "instant": "2021-10-31T00:30Z",
}


@pytest.mark.parametrize(
    ("operators", "found"),
    [
        ({"gte": "2021-10-31T01:30:00Z", "lt": "2021-11-01"}, {"twice", "later"}),
        ({"lte": "2021-10-31T00:30:00Z", "gte": "2021-10-31"}, {"twice", "instant"}),
        ({"gt": "2021-10-31T01:30", "lt": "2021-11-01"}, {"later"}),
        ({"gt": "2021-10-31T00:59Z", "lt": "2021-11-01"}, set[str]()),
        ({"lte": "2021-10-31T00:59Z", "gte": "2021-10-31"}, {"twice", "later", "instant"}),
        ({"gte": "2021-03-28", "lt": "2021-03-28T01:00:00Z"}, {"never"}),
        ({"gt": "2021-03-28T01:15", "lt": "2021-03-28T01:45"}, {"never"}),
    ],
)
def test_a_payloads_time_without_an_offset_is_a_reading_of_the_clocks(
    server: Server, operators: dict[str, str], found: set[str]
) -> None:
    start = "2021-06-01T12:00:00Z"
    push(
        server,
        *(
            {"call_id": name, "started_at": start, "payload": {"at": at}}
            for name, at in IN_PAYLOADS.items()
        ),
    )
    filters = {"payload_filters": {"at": operators}}
    body = {"filters": filters, "timezone": "Europe/Lisbon"}
    answer = server.request("POST", "/calls/search", json=body)
    assert {call["call_id"] for call in answer.json()["data"]} == found
