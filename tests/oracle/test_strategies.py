"""What is drawn is valid, and the reference answers it as the contract's general rules demand."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples

from .building import LATE, reference
from .focused_strategies import lead_scenes, payload_scenes, time_scenes
from .reference import Reference, Refused, Scope
from .reference.merge import Raw
from .reference.moments import instant, span
from .reference.state import MergedCall
from .strategies import QUERY_TYPES, SCOPE_KINDS, Body, History, Scene, histories, scenes

ENVELOPE = ["query_type", "data", "total", "page", "page_size"]
thorough = examples(30)


def answer(made: Reference, body: dict[str, Any], scope: Scope | None, now: int = LATE) -> Any:
    try:
        return made.ask(body, scope, now)
    except Refused as refusal:
        return refusal.status


def within(filters: dict[str, Any], scope: Scope) -> bool:
    """No filter names what the scope leaves out."""
    for kind in set(SCOPE_KINDS) & set(scope):
        named = filters.get(kind.removesuffix("s")) or []
        values = named if isinstance(named, list) else [named]
        if not set(values) <= set(scope[kind]):
            return False
    return True


@thorough
@given(histories())
def test_no_record_ends_before_it_starts(history: History) -> None:
    for arrived, (kind, record) in enumerate(history, start=LATE):
        assert record.get("updated_at") is None or instant(record["updated_at"], "UTC") < LATE
        if kind == "calls":
            key = (record["merchant_id"], record["call_id"])
            call = MergedCall(key, [Raw(record, arrived, "UTC")])
            if call.started_at is not None and call.ended_at is not None:
                assert call.ended_at >= call.started_at


@thorough
@given(
    st.one_of(
        payload_scenes(),
        lead_scenes(),
        time_scenes(("calls_over_time", "call_count", "hourly_heatmap")),
    )
)
def test_focused_scenes_are_answered(scene: Scene) -> None:
    history, asked, now = scene
    made = reference(history)
    for body, scope in asked:
        found = answer(made, body, scope, now)
        assert found == 422 or list(found) == ENVELOPE


@thorough
@given(scenes(QUERY_TYPES))
def test_answers_have_the_shape_of_the_contract(scene: Scene) -> None:
    history, asked, now = scene
    made = reference(history)
    for body, scope in asked:
        check_shape(made, body, scope, now)


def check_shape(made: Reference, body: Body, scope: Scope | None, now: int) -> None:
    filters = body.get("filters") or {}
    assert within(filters, scope or {})
    zone = body.get("timezone") or "UTC"
    assert all(span(filters[name], zone) for name in ("date_from", "date_to") if name in filters)
    found = answer(made, body, scope, now)
    if found == 422:
        return
    assert list(found) == ENVELOPE
    groups = body.get("group_by") or []
    assert all(list(row)[: len(groups)] == groups for row in found["data"])
    assert len(found["data"]) <= min(found["total"], found["page_size"])


@thorough
@given(data=st.data())
def test_order_of_arrival_is_indifferent(data: st.DataObject) -> None:
    types = ("call_duration", "retry_analysis", "conversion_funnel")
    history, asked, now = data.draw(scenes(2 * types))
    timed = [(kind, record) for kind, record in history if record.get("updated_at")]
    shuffled = data.draw(st.permutations(timed + timed[:3]))
    first, second = reference(timed), reference(shuffled)
    for body, scope in asked:
        assert answer(first, body, scope, now) == answer(second, body, scope, now)
