"""What a token is answered is what both of its filters say together, on every engine and path."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from callistics.analytics.locked import locked_problems
from callistics.model.scope import EVERYTHING, Locked
from support.examples import examples, shards
from support.store import Store, scope_of

from .reference import Reference, ReferenceSettings, Refused, Scope
from .rollup_strategies import rollup_scenes
from .strategies import QUERY_TYPES, Body, Scene, filters, reference_settings, scenes
from .test_agreement import SEEDS, Answer, load, policy_of, some_of
from .traps import traps

pytestmark = pytest.mark.slow


def locked_of(filters: Body, zone: str | None) -> Locked:
    return Locked(json.dumps(filters).encode(), zone)


def expected(
    reference: Reference, body: Body, scope: Scope | None, now: int, locked: Body
) -> Answer:
    try:
        return reference.ask(body, scope, now, locked)
    except Refused as error:
        return error.status


def compare(
    stores: Sequence[Store],
    scene: Scene,
    others: Sequence[Body],
    chosen: ReferenceSettings,
    seed: int = 0,
) -> None:
    """Each question of a scene with filters that are locked, in its own zone or in a locked one."""
    history, asked, now = scene
    reference = Reference(chosen)
    load(list(stores), reference, history, seed)
    for place, ((body, scope), more) in enumerate(zip(asked, others, strict=True)):
        # Locks are joined with filters before an engine hears of them: the first hears of all.
        some = stores if (place + len(history)) % 4 < 2 else stores[:1]
        zone = body.get("timezone") if place % 2 else None
        locked = locked_of(more, zone)
        if locked_problems(locked, EVERYTHING, body.get("timezone") or "UTC", now):
            event("no such lock")
            continue
        wanted = expected(reference, body, scope, now, more)
        event("refused" if isinstance(wanted, int) else "rows" if wanted["data"] else "no rows")
        sent = {name: value for name, value in body.items() if not (zone and name == "timezone")}
        limited = replace(scope_of(scope), locked=locked)
        for store in some:
            for way, found in enumerate(store.answers(sent, limited, policy_of(chosen), now)):
                assert found == wanted, (store.name, way)


@shards(2)
@examples(8, shards=2)
@given(data=st.data())
def test_every_type_agrees(stores: list[Store], shard: int, data: st.DataObject) -> None:
    scene = data.draw(scenes(QUERY_TYPES))
    trap = data.draw(traps())
    others = [data.draw(filters(trap, {})) for _ in scene[1]]
    chosen, seed = data.draw(reference_settings()), data.draw(SEEDS)
    compare(some_of(stores, seed), scene, others, chosen, seed)


@examples(8)
@given(data=st.data())
def test_rollups_agree(rolled: list[Store], data: st.DataObject) -> None:
    """What is locked comes of the same kind, so that roll-ups may answer."""
    scene, donor = data.draw(rollup_scenes(QUERY_TYPES)), data.draw(rollup_scenes(QUERY_TYPES))
    others = [body["filters"] for body, _ in donor[1]]
    compare(rolled, scene, others, ReferenceSettings())


@examples(5)
@given(data=st.data())
def test_a_batch_keeps_to_what_is_locked(stores: list[Store], data: st.DataObject) -> None:
    """Rows that are kept apart for several queries are those within the lock, in each zone."""
    history, asked, now = data.draw(scenes(QUERY_TYPES))
    others = data.draw(filters(data.draw(traps()), {}))
    locked = locked_of(others, None)
    bodies = [body | {"filters": {}} for body, _ in asked]
    zones = {str(body.get("timezone") or "UTC") for body in bodies}
    assume(not any(locked_problems(locked, EVERYTHING, zone, now) for zone in zones))
    reference, seed = Reference(), data.draw(SEEDS)
    some = some_of(stores, seed)
    load(some, reference, history, seed)
    wanted = [expected(reference, body, None, now, others) for body in bodies]
    for store in some:
        found = store.ask_together(bodies, replace(EVERYTHING, locked=locked), at=now)
        shown = [one if isinstance(one, int) else json.loads(one) for one in found]
        assert shown == wanted, store.name
