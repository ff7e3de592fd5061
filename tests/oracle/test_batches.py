"""Each query of a batch is answered as it is alone, and as the naive evaluation of the contract."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from callistics.analytics.envelope import envelope
from callistics.engines.base import SharingLimits
from callistics.errors import RequestError
from callistics.queries import registry
from callistics.sql.selection import Policy
from support.examples import examples, shards
from support.store import Store, scope_of

from .reference import Reference, ReferenceSettings, Scope
from .rollup_strategies import rollup_scenes
from .strategies import QUERY_TYPES, Body, Scene, reference_settings, scenes
from .test_agreement import SEEDS, Answer, expected, load, policy_of, some_of

pytestmark = pytest.mark.slow
ALWAYS, NEVER = SharingLimits(queries=1, rows=1_000_000), SharingLimits(queries=1, rows=0)
# Where some queries match more rows than are kept and others do not.
FEW = SharingLimits(queries=2, rows=2)
# Where rows are counted together, as if too many matched.
COUNTED = SharingLimits(queries=1_000, rows=1)
# What all of the same filters can be asked.
COUNTING = [one for one in registry().values() if not (one.takes_measure or one.overlap)]


@st.composite
def batches_of(draw: st.DrawFn, scene: Scene) -> tuple[list[Body], Scope | None]:
    """The scene's queries, many with the filters and all in the scope of one; some are equal."""
    (first, scope), *_ = scene[1]
    common = {name: first[name] for name in ("filters", "timezone") if name in first}
    bodies = [body | (common if draw(st.booleans()) else {}) for body, _ in scene[1]]
    return draw(st.permutations(bodies + bodies[: draw(st.integers(0, 3))])), scope


@st.composite
def dashboards_of(draw: st.DrawFn, scene: Scene) -> tuple[list[Body], Scope | None]:
    """Queries of many types with the filters, the zone and the scope of one of the scene's."""
    asked, scope = draw(st.sampled_from(scene[1]))
    common = {name: asked[name] for name in ("filters", "timezone") if name in asked}
    step = {"granularity": draw(st.sampled_from(("hour", "day", "week")))}
    return [
        {"query_type": one.name, **common, **(step if one.uses_granularity else {})}
        for one in COUNTING
    ], scope


def alone(store: Store, body: Body, scope: Scope | None, policy: Policy, now: int) -> bytes | int:
    """What the query is answered when it is asked by itself."""
    try:
        answer = store.analytics(policy).answer(json.dumps(body).encode(), scope_of(scope), now)
        return envelope(answer)
    except RequestError as error:
        return error.answer_status


def names_outside(body: Body, scope: Scope | None) -> bool:
    """Whether a filter names what the key's own list of its kind leaves out."""
    for name, allowed in (scope or {}).items():
        given = (body.get("filters") or {}).get(name.removesuffix("s"))
        named = given if isinstance(given, list) else [given]
        if {*named} - {None, *allowed}:
            return True
    return False


def wanted_of(reference: Reference, body: Body, scope: Scope | None, now: int) -> Answer:
    """The answer, or the status of the gravest thing that is wrong."""
    found = expected(reference, body, scope, now)
    return 403 if found != 400 and names_outside(body, scope) else found


Ways = list[tuple[bool, SharingLimits]]


def ways(store: Store, seed: int) -> Ways:
    """From roll-ups or not, and what is shared; of what takes long, one way after the other."""
    if store.engine.rollups:
        return [(False, ALWAYS), (False, FEW), (True, ALWAYS), (True, FEW), (True, NEVER)]
    return [(False, (NEVER, ALWAYS, FEW, ALWAYS)[(seed + seed // 4) % 4])]


def check(
    stores: Sequence[Store],
    scene: Scene,
    batch: tuple[list[Body], Scope | None],
    seed: int,
    chosen: ReferenceSettings,
    how: Ways | None = None,
) -> None:
    """Shared or not, from roll-ups or not: the same bytes."""
    reference, (bodies, scope), now = Reference(chosen), batch, scene[2]
    load(list(stores), reference, scene[0], seed)
    wanted = [wanted_of(reference, body, scope, now) for body in bodies]
    event(f"{sum(not isinstance(one, int) for one in wanted) // 4 * 4} or more answers")
    for store in stores:
        policy = policy_of(chosen)
        singles = [alone(store, body, scope, policy, now) for body in bodies]
        for rollups, sharing in how or ways(store, seed):
            found = store.ask_together(
                bodies, scope_of(scope), policy, now, rollups=rollups, sharing=sharing
            )
            assert found == singles, (store.name, rollups, sharing)
        decoded = [one if isinstance(one, int) else json.loads(one) for one in singles]
        assert decoded == wanted, store.name


@shards(2)
@examples(6, shards=2)
@given(data=st.data())
def test_batches_agree(stores: list[Store], shard: int, data: st.DataObject) -> None:
    scene = data.draw(scenes(QUERY_TYPES))
    chosen, seed = data.draw(reference_settings()), data.draw(SEEDS)
    check(some_of(stores, seed), scene, data.draw(batches_of(scene)), seed, chosen)


@examples(5)
@given(data=st.data())
def test_batches_beside_rollups_agree(rolled: list[Store], data: st.DataObject) -> None:
    scene = data.draw(rollup_scenes(QUERY_TYPES))
    check(rolled, scene, data.draw(batches_of(scene)), data.draw(SEEDS), ReferenceSettings())


@examples(24)
@given(data=st.data())
def test_dashboards_that_are_counted_agree(rolled: list[Store], data: st.DataObject) -> None:
    scene = data.draw(scenes(QUERY_TYPES))
    chosen, seed = data.draw(reference_settings()), data.draw(SEEDS)
    check(rolled, scene, data.draw(dashboards_of(scene)), seed, chosen, [(True, COUNTED)])
