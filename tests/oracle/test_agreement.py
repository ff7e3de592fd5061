"""The product and the naive evaluation of the contract give the same answers."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from callistics.catalog.plan import Policy
from callistics.errors import RequestError
from support.store import STEP, Store, opened, scope_of

from .focused_strategies import lead_scenes, payload_scenes, time_scenes
from .reference import Reference, ReferenceSettings, Refused, Scope
from .strategies import (
    LEAD_TYPES,
    QUERY_TYPES,
    Body,
    History,
    histories,
    reference_settings,
    requests,
    scenes,
)

Scene = tuple[History, Body, Scope | None]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened() as found:
        yield found


def policy_of(chosen: ReferenceSettings) -> Policy:
    return Policy(
        success_outcomes=chosen.success_outcomes,
        unreached_outcomes=chosen.unreached_outcomes,
        lead_stages=chosen.lead_stages,
        template_lead_stages=dict(chosen.template_lead_stages),
    )


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


def load(store: Store, reference: Reference, history: History, seed: int) -> None:
    """Send the history to both, several requests to a commit."""
    store.clear()
    waiting: list[tuple[str, list[dict[str, Any]]]] = []
    chance = random.Random(seed)
    for batch in batches(history, seed):
        waiting.append(batch)
        if chance.random() < 0.4:
            send(store, reference, waiting)
            waiting = []
    send(store, reference, waiting)


def send(
    store: Store, reference: Reference, requests: list[tuple[str, list[dict[str, Any]]]]
) -> None:
    if not requests:
        return
    arrived = store.now + STEP
    for receipt in store.send_together(requests):
        assert not receipt.rejected, receipt.rejected
    for kind, records in requests:
        for place, record in enumerate(records):
            reference.send(kind, record, arrived + place)
        arrived += len(records)


def asked(store: Store, body: Body, scope: Scope | None, policy: Policy) -> object:
    try:
        return store.ask(body, scope_of(scope), policy)
    except RequestError as error:
        return error.answer_status


def expected(reference: Reference, body: Body, scope: Scope | None) -> object:
    try:
        return reference.ask(body, scope)
    except Refused as error:
        return error.status


def check(store: Store, scene: Scene, chosen: ReferenceSettings, seed: int) -> None:
    """The product answers as the reference does, in the same order of fields."""
    history, body, scope = scene
    reference = Reference(chosen)
    load(store, reference, history, seed)
    wanted = expected(reference, body, scope)
    event("refused" if isinstance(wanted, int) else "rows" if wanted["data"] else "no rows")
    answer = asked(store, body, scope, policy_of(chosen))
    assert answer == wanted
    if isinstance(answer, dict) and isinstance(wanted, dict):
        assert [list(row) for row in answer["data"]] == [list(row) for row in wanted["data"]]


@pytest.mark.parametrize("query_type", QUERY_TYPES)
@settings(max_examples=max(500, settings.default.max_examples))
@given(data=st.data())
def test_every_type_agrees(store: Store, query_type: str, data: st.DataObject) -> None:
    scene = data.draw(scenes(query_type))
    check(store, scene, data.draw(reference_settings()), data.draw(st.integers(0, 9)))


@given(scene=payload_scenes())
def test_payload_filters_agree(store: Store, scene: Scene) -> None:
    check(store, scene, ReferenceSettings(), 0)


@pytest.mark.parametrize("query_type", [name for name in QUERY_TYPES if name not in LEAD_TYPES])
@given(data=st.data())
def test_ranges_and_buckets_agree(store: Store, query_type: str, data: st.DataObject) -> None:
    check(store, data.draw(time_scenes(query_type)), ReferenceSettings(), 0)


@pytest.mark.parametrize("query_type", LEAD_TYPES)
@given(data=st.data())
def test_leads_of_many_records_agree(store: Store, query_type: str, data: st.DataObject) -> None:
    scene = data.draw(lead_scenes(query_type))
    check(store, scene, data.draw(reference_settings()), data.draw(st.integers(0, 9)))


@given(history=histories(), data=st.data())
def test_any_order_of_timed_records_ends_in_one_state(
    store: Store, history: History, data: st.DataObject
) -> None:
    timed = [
        (kind, record | {"updated_at": record.get("updated_at") or "2001-01-01T00:00:00Z"})
        for kind, record in history
    ]
    order = data.draw(st.permutations(timed + timed[: len(timed) // 2]))
    tables = ("calls", "calls_held", "lead_records", "leads")
    load(store, Reference(), timed, 0)
    first = [store.dump(table) for table in tables]
    load(store, Reference(), order, 1)
    assert [store.dump(table) for table in tables] == first


@given(history=histories(), seed=st.integers(0, 9))
def test_what_is_derived_equals_its_recomputation(
    store: Store, history: History, seed: int
) -> None:
    load(store, Reference(), history, seed)
    before = store.dump("calls"), store.dump("leads")
    store.engine.rebuild()
    assert (store.dump("calls"), store.dump("leads")) == before


@given(history=histories(), request=requests("call_count"))
def test_sending_everything_again_changes_no_figure(
    store: Store, history: History, request: tuple[Body, Scope | None]
) -> None:
    load(store, Reference(), history, 0)
    body, scope = request
    before = asked(store, body, scope, Policy())
    timed = [(kind, record) for kind, record in history if record.get("updated_at")]
    for kind, records in batches(timed, 3):
        receipt = store.send(kind, records)
        assert receipt.stored == 0
    assert asked(store, body, scope, Policy()) == before
