"""Values and payload keys are those that a look at every record finds."""

import json

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from callistics.analytics.discovery import RECENT_DAYS
from callistics.analytics.parse import parse_query
from callistics.catalog.values import VALUED
from callistics.model.bodies import read_object
from callistics.model.instants import DAY
from support.discovering import keys_of, values_of
from support.examples import examples
from support.store import Store, scope_of

from .focused_strategies import lead_scenes, payload_scenes
from .reference import Reference, Scope, discovery
from .rollup_strategies import rollup_scenes
from .strategies import Scene, scenes, scopes
from .test_agreement import SEEDS, expected, load, some_of

pytestmark = pytest.mark.slow
BY_OUTCOME = "outcome_distribution"
SCENES = (scenes([BY_OUTCOME]), rollup_scenes([BY_OUTCOME]), payload_scenes(), lead_scenes())
MANY = 1_000


@examples(4)
@given(scene=st.one_of(SCENES), scope=scopes(), seed=SEEDS, data=st.data())
def test_every_field_and_key_agrees(
    stores: list[Store], scene: Scene, scope: Scope | None, seed: int, data: st.DataObject
) -> None:
    reference, now, stores = Reference(), scene[2], some_of(stores, seed)
    load(stores, reference, scene[0], seed)
    calls, leads = reference.every_call(scope or {}), reference.every_lead(scope or {})
    held = discovery.keys_of(calls, leads, now - RECENT_DAYS * DAY, now)
    names = [*VALUED, *(f"payload.{key}" for key, _, _ in held)]
    fields = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    known = {field: discovery.values_of(calls, field, "", MANY) for field in fields}
    event("values" if any(known.values()) else "nothing")
    field = fields[0]
    some = data.draw(st.sampled_from([value for value, _ in known[field]] or ["none"]))
    prefix = some[: data.draw(st.integers(0, 3))].swapcase()
    limit = data.draw(st.integers(1, 3))
    for store in stores:
        found = keys_of(store, scope_of(scope), now)
        assert [(one.key, one.types, one.calls) for one in found.keys] == held
        for rollups in {False, bool(store.engine.rollups)}:
            for name, wanted in known.items():
                assert wanted == values_of(
                    store, name, scope_of(scope), rollups=rollups, limit=MANY
                )
            assert discovery.values_of(calls, field, prefix, limit) == values_of(
                store, field, scope_of(scope), rollups=rollups, prefix=prefix, limit=limit
            )


@examples(4)
@given(scene=st.one_of(scenes([BY_OUTCOME]), rollup_scenes([BY_OUTCOME])), seed=SEEDS)
def test_values_within_filters_are_the_rows_of_a_distribution(
    stores: list[Store], scene: Scene, seed: int
) -> None:
    reference, now, stores = Reference(), scene[2], some_of(stores, seed)
    load(stores, reference, scene[0], seed)
    for body, scope in scene[1]:
        whole = {name: body[name] for name in ("filters", "timezone") if name in body}
        asked = {"query_type": BY_OUTCOME, "page_size": MANY, **whole}
        wanted = expected(reference, asked, scope, now)
        if isinstance(wanted, int):
            continue
        rows = [
            (row["outcome"], row["count"]) for row in wanted["data"] if row["outcome"] is not None
        ]
        query = parse_query(read_object(json.dumps(asked).encode()), scope_of(scope), "UTC", now)
        for store in stores:
            for rollups in {False, bool(store.engine.rollups)}:
                found = values_of(store, "outcome", scope_of(scope), query,
                                  rollups=rollups, limit=MANY)  # fmt: skip
                assert found == rows
