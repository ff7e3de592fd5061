"""Whatever the order in which a platform's events come, and how often, one call is what they say.

What they say is told without merging: each event, in the order in which the platform made them, has
its say over those before it, field by field. What is as of 1900 stands back for all others.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from callistics.mapping import builtin
from callistics.model.json import encode
from callistics.model.webhooks import StoredEndpoint
from callistics.model.zones import zone
from callistics.webhooks.become import Reader, Record
from callistics.webhooks.platforms import platforms
from support.store import Store, lent
from support.webhook_assistant_details import DETAILS as OF_ASSISTANTS
from support.webhook_carrier_details import DETAILS as OF_CARRIERS
from support.webhook_close_events import CLOSE
from support.webhook_events import Event
from support.webhook_server import CALLS

Way = tuple[int, ...]
"""The places of events, as they come."""
DETAILS = {**OF_ASSISTANTS, **OF_CARRIERS}
SEQUENCES: Mapping[str, tuple[str, Sequence[Event]]] = {
    **{source: (source, call.events) for source, call in CALLS.items()},
    **{name: (one.source, one.call.events) for name, one in DETAILS.items()},
    **CLOSE,
}
"""A source and the events of a call, in the order in which the platform made them."""
FEW = 5
"""Of so many events every order is tried, of more those in which one comes at another place."""
LAST = "2026-01-01T00:00:00Z"
STAMPS = ("call_id", "call_key", "lead_id", "lead_key", "lead_no", "updated_at", "field_times")
"""What differs between calls that say the same."""


def test_every_platform_has_events_of_one_moment() -> None:
    assert {source for source, _ in CLOSE.values()} == platforms().keys()


def records_of(source: str, event: Event) -> Sequence[Record]:
    """The records that a body becomes."""
    endpoint = StoredEndpoint("e", "", source, merchant_id="m1", reseller_id="r1")
    reader = Reader(platforms()[source], builtin(source), endpoint, zone("UTC"))
    became = reader.become(event[1], event[0])
    assert became.records, became.problems
    return [json.loads(encode(record)) for record in became.records]


def said(events: Sequence[Sequence[Record]]) -> Record:
    """What the records of events say, in the order in which they were made."""
    records = [record for event in events for record in event]
    found: Record = {}
    for one in sorted(records, key=lambda record: min(str(record["updated_at"]), "1901")):
        if "cost" in one:
            found.pop("currency", None)
        found |= one
    return {**found, "updated_at": LAST}


def orders(places: Sequence[int]) -> Iterator[Way]:
    """Events in the orders in which they may come."""
    if len(places) <= FEW:
        yield from itertools.permutations(places)
        return
    for taken, at in itertools.product(places, repeat=2):
        others = [place for place in places if place != taken]
        yield (*others[:at], taken, *others[at:])


def ways(number: int) -> Iterator[Way]:
    """How so many events may come.

    In every order once, with each twice in a row, and all over again the other way round; and in
    every order without one of them.
    """
    places = range(number)
    for order in orders(places):
        yield order
        yield tuple(place for place in order for _ in range(2))
        yield (*order, *reversed(order))
    for missing in places if number > 1 else ():
        yield from orders([place for place in places if place != missing])


def stored(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What is stored of each call and its lead, by the call's id, without what differs."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for table in ("calls", "calls_held", "leads"):
        for row in store.dump(table):
            # Each call is its own lead.
            found[row.get("call_id") or row["lead_id"]].append(
                {name: value for name, value in row.items() if name not in STAMPS}
            )
    return found


def send(store: Store, records: Sequence[Record]) -> None:
    assert not store.send("calls", records, skip=True).rejected


@pytest.mark.parametrize("name", SEQUENCES)
def test_every_delivery_ends_in_what_the_events_say(name: str) -> None:
    source, events = SEQUENCES[name]
    records = [records_of(source, event) for event in events]
    calls = {"-".join(map(str, way)): way for way in ways(len(events))}
    sets = {"".join(map(str, sorted({*way}))): sorted({*way}) for way in calls.values()}
    with lent() as store:
        for turn in range(max(map(len, calls.values()))):
            come = [(one, records[way[turn]]) for one, way in calls.items() if turn < len(way)]
            send(store, [{**record, "call_id": one} for one, found in come for record in found])
        send(
            store,
            [
                {**said([records[place] for place in places]), "call_id": f"said {one}"}
                for one, places in sets.items()
            ],
        )
        found = stored(store)
    assert found.keys() == {*calls, *(f"said {one}" for one in sets)}
    for one, way in calls.items():
        assert found[one] == found["said " + "".join(map(str, sorted({*way})))], one
