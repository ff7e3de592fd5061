"""On every engine the product and the naive evaluation of the contract give the same answers."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from callistics.sql.selection import Policy
from support.examples import examples, shards
from support.store import STEP, Store, scope_of

from .focused_strategies import lead_scenes, payload_scenes, time_scenes
from .reference import Reference, ReferenceSettings, Refused, Scope
from .rollup_strategies import rollup_scenes
from .strategies import (
    LEAD_TYPES,
    QUERY_TYPES,
    Body,
    History,
    Request,
    Scene,
    histories,
    reference_settings,
    requests,
    scenes,
)

pytestmark = pytest.mark.slow
NEVER = 1_000_000
# A query takes a hundredth of the time of storing a history: each type asks several times.
THRICE = 3 * QUERY_TYPES
TWICE = 2 * QUERY_TYPES
CALL_TYPES = [name for name in QUERY_TYPES if name not in LEAD_TYPES]
# How much of the maintenance is done at a time: all of it takes longer than some commits, and
# leaves nothing half done.
PIECES = (1, 2, 3, 8, None)
Answer = dict[str, Any] | int
"""The envelope, or the status of a refusal."""


def policy_of(chosen: ReferenceSettings) -> Policy:
    return Policy(
        success_outcomes=chosen.success_outcomes,
        unreached_outcomes=chosen.unreached_outcomes,
        lead_stages=chosen.lead_stages,
        template_lead_stages=dict(chosen.template_lead_stages),
    )


def some_of(stores: list[Store], seed: int) -> list[Store]:
    """All stores for two histories in five, else the first alone.

    Statements are made in one way for all, but for what an engine writes otherwise; storing and
    asking take twice as long on any engine but the first.
    """
    return stores if seed % 4 > 1 else stores[:1]


def batches(history: History, seed: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The history cut into requests at random, each of one kind."""
    chance = random.Random(seed)
    batch: list[dict[str, Any]] = []
    kind = ""
    for next_kind, record in history:
        if batch and (next_kind != kind or chance.random() < 0.3):
            yield kind, batch
            batch = []
        kind = next_kind
        batch.append(record)
    if batch:
        yield kind, batch


def load(
    stores: list[Store], reference: Reference, history: History, seed: int, apart: float = 0.2
) -> None:
    """Send the history to all, several requests to a commit, with maintenance now and then.

    `apart` is how often a commit ends after a request; with 0 there is one commit.

    One takes what it can as columns, the other nothing. A commit takes as long as many queries,
    and maintenance still longer: there are a few of each.
    """
    for place, store in enumerate(stores):
        store.clear()
        store.block = 1 if (seed + place) % 2 else NEVER
    # Their clocks show the same, so that records without a time arrive at the same.
    for store in stores[1:]:
        store.now = stores[0].now = max(store.now, stores[0].now)
    waiting: list[tuple[str, list[dict[str, Any]]]] = []
    chance = random.Random(seed)
    for batch in batches(history, seed):
        waiting.append(batch)
        if chance.random() < apart:
            send(stores, reference, waiting)
            waiting = []
            if chance.random() < 0.4:
                pieces = chance.choice(PIECES)
                for store in stores:
                    store.maintain(pieces)
    send(stores, reference, waiting)


def send(
    stores: list[Store], reference: Reference, requests: list[tuple[str, list[dict[str, Any]]]]
) -> None:
    if not requests:
        return
    arrived = stores[0].now + STEP
    receipts = [store.send_together(requests) for store in stores]
    assert all(receipt == receipts[0] for receipt in receipts)
    for receipt in receipts[0]:
        assert not receipt.rejected, receipt.rejected
    for kind, records in requests:
        for place, record in enumerate(records):
            reference.send(kind, record, arrived + place)
        arrived += len(records)


def expected(reference: Reference, body: Body, scope: Scope | None, now: int) -> Answer:
    try:
        return reference.ask(body, scope, now)
    except Refused as error:
        return error.status


def check(
    stores: list[Store],
    scene: Scene,
    chosen: ReferenceSettings | None = None,
    seed: int = 0,
    common: int | None = None,
) -> None:
    """The product answers as the reference does, in the same order of fields.

    `common` queries, or all, are asked of every store, the rest of the first alone, which takes a
    third of the time.
    """
    history, asked, now = scene
    settled = chosen or ReferenceSettings()
    reference = Reference(settled)
    load(stores, reference, history, seed)
    for place, (body, scope) in enumerate(asked):
        some = stores if common is None or place < common else stores[:1]
        compare(some, reference, body, scope, settled, now)


def compare(
    stores: list[Store],
    reference: Reference,
    body: Body,
    scope: Scope | None,
    chosen: ReferenceSettings,
    now: int,
) -> None:
    wanted = expected(reference, body, scope, now)
    event("refused" if isinstance(wanted, int) else "rows" if wanted["data"] else "no rows")
    for store in stores:
        for way, found in enumerate(store.answers(body, scope_of(scope), policy_of(chosen), now)):
            assert found == wanted, (store.name, way)
            if isinstance(found, dict) and isinstance(wanted, dict):
                assert [*map(list, found["data"])] == [*map(list, wanted["data"])]


SEEDS = st.integers(0, 9)


@shards(2)
@examples(6, shards=2)
@given(data=st.data())
def test_every_type_agrees(stores: list[Store], shard: int, data: st.DataObject) -> None:
    scene = data.draw(scenes(THRICE))
    settings, seed = data.draw(reference_settings()), data.draw(SEEDS)
    check(some_of(stores, seed), scene, settings, seed, common=24)


@shards(2)
@examples(6, shards=2)
@given(data=st.data())
def test_rollups_agree(rolled: list[Store], shard: int, data: st.DataObject) -> None:
    scene = data.draw(rollup_scenes(TWICE))
    check(rolled, scene, data.draw(reference_settings()), data.draw(SEEDS))


@examples(6)
@given(scene=payload_scenes(30))
def test_payload_filters_agree(stores: list[Store], scene: Scene) -> None:
    check(stores, scene)


@shards(2)
@examples(6, shards=2)
@given(scene=time_scenes(2 * CALL_TYPES), seed=SEEDS)
def test_ranges_and_buckets_agree(stores: list[Store], shard: int, scene: Scene, seed: int) -> None:
    check(some_of(stores, seed), scene, seed=seed, common=18)


@examples(5)
@given(scene=lead_scenes(), chosen=reference_settings(), seed=SEEDS)
def test_leads_of_many_records_agree(
    stores: list[Store], scene: Scene, chosen: ReferenceSettings, seed: int
) -> None:
    check(some_of(stores, seed), scene, chosen, seed)


@examples(6)
@given(history=histories(), data=st.data())
def test_any_order_of_timed_records_ends_in_one_state(
    stores: list[Store], history: History, data: st.DataObject
) -> None:
    timed = [
        (kind, record | {"updated_at": record.get("updated_at") or "2001-01-01T00:00:00Z"})
        for kind, record in history
    ]
    order = data.draw(st.permutations(timed + timed[: len(timed) // 2]))
    tables = ("calls", "calls_held", "lead_records", "leads")
    load(stores, Reference(), timed, 0, apart=0)
    first = [store.dump(table) for store in stores for table in tables]
    load(stores, Reference(), order, 1)
    assert [store.dump(table) for store in stores for table in tables] == first


@examples(7)
@given(
    history=histories(),
    asked=st.lists(requests("call_count"), min_size=3, max_size=3),
    seed=SEEDS,
)
def test_sending_everything_again_or_deriving_it_anew_changes_nothing(
    stores: list[Store], history: History, asked: list[Request], seed: int
) -> None:
    some = some_of(stores, seed)
    load(some, Reference(), history, seed)
    timed = [(kind, record) for kind, record in history if record.get("updated_at")]
    for store in some:
        answers = [[*store.answers(body, scope_of(scope))] for body, scope in asked]
        before = store.dump("calls"), store.dump("leads")
        for row in (row for rows in before for row in rows if "lead_no" in row):
            assert row["lead_no"] == [(row["merchant_id"], row["lead_id"])]
        store.engine.rebuild()
        assert (store.dump("calls"), store.dump("leads")) == before
        for kind, records in batches(timed, 3):
            receipt = store.send(kind, records)
            assert receipt.stored == 0
        assert [[*store.answers(body, scope_of(scope))] for body, scope in asked] == answers
