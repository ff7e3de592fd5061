"""What single events of platforms say is read rightly, in whatever order they come."""

import itertools
from collections.abc import Iterator, Sequence

import pytest

from support.server import Server, serving
from support.webhook_assistant_details import DETAILS as OF_ASSISTANTS
from support.webhook_carrier_details import DETAILS as OF_CARRIERS
from support.webhook_events import Event
from support.webhook_server import Endpoint, settle

DETAILS = {**OF_ASSISTANTS, **OF_CARRIERS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("details")) as found:
        yield found


def renamed(event: Event, call_id: str, name: str) -> Event:
    body, content_type = event
    assert call_id.encode() in body
    return body.replace(call_id.encode(), name.encode()), content_type


def orders(events: Sequence[Event]) -> Iterator[tuple[Event, ...]]:
    """Every order of the events; one alone comes twice."""
    return iter([(*events, *events)]) if len(events) == 1 else itertools.permutations(events)


@pytest.mark.parametrize("name", DETAILS)
def test_every_order_ends_in_the_call_that_is_meant(name: str, server: Server) -> None:
    source, call = DETAILS[name]
    endpoint = Endpoint(server, source)
    ways = {f"{call.call_id}-{number}": one for number, one in enumerate(orders(call.events))}
    # Of each call one event at a time, so that its own come one after the other.
    for turn in zip(*ways.values(), strict=True):
        for call_id, event in zip(ways, turn, strict=True):
            assert endpoint.send(renamed(event, call.call_id, call_id)).is_success
        settle(server)
    assert endpoint.dead_letters() == []
    for call_id in ways:
        answer = server.request("GET", f"/calls/{call_id}", params={"merchant_id": "m1"})
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert {key: shown.get(key) for key in call.shown} == call.shown


@pytest.mark.parametrize("name", [name for name, one in DETAILS.items() if one.call.more])
def test_events_that_say_nothing_of_a_call(name: str, server: Server) -> None:
    source, call = DETAILS[name]
    endpoint = Endpoint(server, source)
    for event in call.more:
        assert endpoint.send(renamed(event, call.call_id, "none")).is_success
    assert endpoint.dead_letters() == []
    answer = server.request("GET", "/calls/none", params={"merchant_id": "m1"})
    assert answer.status_code == 404
