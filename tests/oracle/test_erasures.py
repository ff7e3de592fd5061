"""After an erasure everything is as if what was erased had never come."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.engines import RECORDS
from support.examples import examples
from support.store import Store

from .reference import Reference, ReferenceSettings
from .strategies import NOW, QUERY_TYPES, History, histories, requests
from .test_agreement import batches, compare, load, send

pytestmark = pytest.mark.slow
_IDS = {"calls": "call_id", "leads": "lead_id"}
_FIRST = "2001-01-01T00:00:00Z"
Named = tuple[str, str, str]


def named_in(store: Store) -> list[Named]:
    """Every call and lead that is stored."""
    found = {
        (kind, row["merchant_id"], row[_IDS[kind]])
        for table, kind in zip(RECORDS, ("calls", "calls", "leads", "leads"), strict=True)
        for row in store.dump(table)
    }
    return sorted(found)


def meant(store: Store, kind: str, merchant: str, identity: str) -> set[Named]:
    """What is to go with a call or lead."""
    found = {(kind, merchant, identity)}
    for table in ("calls", "calls_held") if kind == "leads" else ():
        rows = store.dump(table)
        found |= {
            ("calls", merchant, row["call_id"])
            for row in rows
            if (row["merchant_id"], row["lead_id"]) == (merchant, identity)
        }
    return found


def erase_some(stores: list[Store], chance: random.Random) -> set[Named]:
    """Erase some records, in commits of one and of several; what has gone."""
    gone: set[Named] = set()
    there = named_in(stores[0])
    chosen = chance.sample(there, min(len(there), chance.randrange(1, 4)))
    together = chance.random() < 0.5
    parts = [chosen] if together else [[one] for one in chosen]
    for part in parts:
        wanted: list[Any] = []
        # A lead that only erased calls told of is there no more.
        there = named_in(stores[0])
        for one in part:
            going = meant(stores[0], *one) - gone
            wanted.append(
                (sum(kind == "calls" for kind, *_ in going), int(one[0] == "leads"))
                if one in going and one in there
                else 404
            )
            gone |= going if one in there else set()
        for store in stores:
            assert store.erase(*part) == wanted, store.name
    return gone


def survivors(history: History, gone: set[Named]) -> History:
    return [
        (kind, record)
        for kind, record in history
        if (kind, record["merchant_id"], record[_IDS[kind]]) not in gone
    ]


@examples(3)
@given(history=histories(), data=st.data(), seed=st.integers(0, 99))
def test_all_is_as_if_the_erased_had_never_come(
    stores: list[Store], history: History, data: st.DataObject, seed: int
) -> None:
    timed = [
        (kind, record | {"updated_at": record.get("updated_at") or _FIRST})
        for kind, record in history
    ]
    chance = random.Random(seed)
    half = chance.randrange(len(timed) // 2, len(timed) + 1)
    load(stores, Reference(), timed[:half], seed)
    gone = erase_some(stores, chance)
    late = list(batches(timed[half:], seed))
    for first in range(0, len(late), 2):
        # Tables are written anew while records come.
        for store in stores:
            store.maintain(chance.choice((0, 1, 3, 9)))
        send(stores, Reference(), late[first : first + 2])
    if chance.random() < 0.5:
        for store in stores:
            store.maintain()
    left = survivors(timed[:half], gone) + timed[half:]
    after = [[store.dump(table) for table in RECORDS] for store in stores]
    reference = Reference()
    for place, (kind, record) in enumerate(left):
        reference.send(kind, record, place)
    bodies = [({"query_type": name, **_more(name)}, None) for name in QUERY_TYPES]
    asked = [data.draw(requests(name)) for name in chance.sample(QUERY_TYPES, 4)]
    for body, scope in (*bodies, *asked):
        compare(stores, reference, body, scope, ReferenceSettings(), NOW)
    load(stores, Reference(), left, seed + 1, apart=0)
    assert [[store.dump(table) for table in RECORDS] for store in stores] == after


def _more(query_type: str) -> dict[str, Any]:
    return {"measure": "duration"} if query_type == "measure" else {}
