"""A key cannot learn, by any way of asking, that other tenants exist."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.queries import registry
from oracle.reference import Scope
from oracle.strategies import QUERY_TYPES, Body, requests
from support.examples import examples
from support.server import Server, serving

OWN = [
    {
        "call_id": f"c{number}",
        "lead_id": f"l{number % 3}",
        "merchant_id": "m1",
        "reseller_id": "r1",
        "template_id": "t1",
        "started_at": f"2021-10-31T0{number}:30:00Z",
        "outcome": "CONFIRMED",
        "status": "new",
        "provider": "TWILIO",
        "duration": number,
        "sentiment": number / 10,
        "payload": {"city": "Delhi"},
    }
    for number in range(8)
]
FOREIGN = [
    {**call, "merchant_id": merchant, "outcome": f"OF_{merchant}", "payload": {"city": merchant}}
    for call in OWN
    for merchant in ("m2", "m3")
]


@pytest.fixture(scope="module")
def pair(
    engine: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server, str, str]]:
    """A server with the merchant alone, and one where others are beside it."""
    alone, shared = (tmp_path_factory.mktemp(name) for name in ("alone", "shared"))
    with serving(alone) as first, serving(shared) as second:
        assert first.request("POST", "/calls", json=OWN).status_code == 200
        assert second.request("POST", "/calls", json=OWN + FOREIGN).status_code == 200
        scope = {"merchant_ids": ["m1"]}
        yield first, second, first.make_key(scope), second.make_key(scope)


def answer(server: Server, key: str, body: Any, path: str = "/analytics") -> tuple[int, Any]:
    found = server.request("POST", path, key=key, json=body)
    return found.status_code, found.json()


def lasting(body: Body) -> Body:
    """The body, of a range that does not end at the very instant at which it is asked."""
    filters = body["filters"]
    if not str(filters.get("date_range")).startswith("past_"):
        return body
    return body | {"filters": filters | {"date_range": "last_7_days"}}


@examples(24)
@given(query_type=st.sampled_from(QUERY_TYPES), data=st.data())
def test_every_answer_is_as_if_nobody_else_were_there(
    pair: tuple[Server, Server, str, str], query_type: str, data: st.DataObject
) -> None:
    alone, shared, key_alone, key_shared = pair
    request: tuple[Body, Scope | None] = data.draw(requests(query_type))
    body = lasting(request[0])
    assert answer(shared, key_shared, body) == answer(alone, key_alone, body)


@examples(4)
@given(data=st.data())
def test_every_batch_is_as_if_nobody_else_were_there(
    pair: tuple[Server, Server, str, str], data: st.DataObject
) -> None:
    alone, shared, key_alone, key_shared = pair
    bodies = [lasting(data.draw(requests(query_type))[0]) for query_type in QUERY_TYPES]
    same = {"filters": bodies[0]["filters"]}
    # Half of them share their filters, and so may share their rows.
    batch = {"queries": [body | same for body in bodies[::2]] + bodies[1::2]}
    path = "/analytics/batch"
    assert answer(shared, key_shared, batch, path) == answer(alone, key_alone, batch, path)


@pytest.mark.parametrize("merchant", ["m2", "no-such-merchant"])
@pytest.mark.parametrize("query_type", sorted(registry()))
def test_naming_another_is_refused_alike_whether_it_exists_or_not(
    pair: tuple[Server, Server, str, str], query_type: str, merchant: str
) -> None:
    _, shared, _, key = pair
    measured = {"measure": "duration"} if registry()[query_type].takes_measure else {}
    body = {"query_type": query_type, "filters": {"merchant_id": merchant}, **measured}
    status, problem = answer(shared, key, body)
    assert status == 403
    assert problem["errors"] == [
        {
            "pointer": "/filters/merchant_id",
            "message": "outside the scope of this key",
            "value": merchant,
        }
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"call_id": "c1", "merchant_id": "m2", "outcome": "STOLEN"},
        {"call_id": "c1", "merchant_id": "m9", "outcome": "STOLEN"},
        {"call_id": "c99", "merchant_id": "m2", "reseller_id": "r1", "started_at": "2021-01-01"},
    ],
)
def test_records_of_others_cannot_be_written(
    pair: tuple[Server, Server, str, str], record: dict[str, Any]
) -> None:
    alone, shared, key_alone, key_shared = pair
    first = answer(alone, key_alone, record, "/calls")
    assert first == answer(shared, key_shared, record, "/calls")
    assert first[0] == 403


def test_an_id_of_another_merchant_means_nothing_to_the_key(
    server: Server,
) -> None:
    assert server.request("POST", "/calls", json=FOREIGN).status_code == 200
    key = server.make_key({"merchant_ids": ["m1", "m4"]})
    late = {"call_id": "c1", "sentiment": 1}
    status, problem = answer(server, key, late, "/calls")
    assert status == 422
    assert problem["errors"][0]["pointer"] == "/merchant_id"
    status, unknown = answer(server, key, {"call_id": "never", "sentiment": 1}, "/calls")
    assert status == 422
    assert unknown["errors"][0]["message"].replace("never", "c1") == problem["errors"][0]["message"]


def test_a_reseller_key_cannot_take_over_a_call(server: Server) -> None:
    assert server.request("POST", "/calls", json=OWN).status_code == 200
    key = server.make_key({"reseller_ids": ["r2"]})
    theft = {**OWN[0], "reseller_id": "r2", "outcome": "STOLEN"}
    assert answer(server, key, theft, "/calls")[0] == 403
    assert {row["outcome"] for row in server.rows("outcome_distribution")} == {"CONFIRMED"}


def test_listing_and_revoking_keys_stays_within_the_scope(fresh_server: Server) -> None:
    admin = fresh_server.make_key({"merchant_ids": ["m1"]}, "admin")
    wider = {"name": "x", "permissions": ["query"]}
    assert fresh_server.request("POST", "/keys", key=admin, json=wider).status_code == 403
    listed = fresh_server.request("GET", "/keys", key=admin).json()["keys"]
    assert [key["scope"] for key in listed] == [{"merchant_ids": ["m1"]}]
    everything = fresh_server.request("GET", "/keys").json()["keys"]
    foreign = next(key["id"] for key in everything if not key["scope"])
    assert fresh_server.request("DELETE", f"/keys/{foreign}", key=admin).status_code == 404


def test_metrics_are_for_administrators(server: Server) -> None:
    key = server.make_key({"merchant_ids": ["m1"]})
    assert server.request("GET", "/metrics", key=key).status_code == 403
