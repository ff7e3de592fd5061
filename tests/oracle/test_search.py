"""A search finds what the naive evaluation of the contract matches: all of it, once, in order."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.errors import RequestError
from callistics.looking.search import Page
from callistics.looking.shape import Record
from support.examples import examples
from support.store import Store, scope_of

from .focused_strategies import payload_scenes, time_scenes
from .reference import Reference, ReferenceSettings, Refused, Scope
from .reference.state import Call
from .reference.success import is_reached
from .strategies import NOW, Body, Scene, histories, reference_settings, scenes
from .test_agreement import SEEDS, batches, load, policy_of, send, some_of

pytestmark = pytest.mark.slow
ORDERS = st.sampled_from(("-started_at", "started_at"))
LIMITS = st.integers(1, 4)
# Of histories whose calls all match, so that few make many pages.
LARGER = st.integers(2, 7)
Found = list[Record] | int
"""The calls, or the status of a refusal."""


@dataclass(frozen=True)
class Stand:
    """The naive evaluation, its settings, and when it is asked."""

    reference: Reference
    chosen: ReferenceSettings
    now: int


def paged(stand: Stand, store: Store, body: Body, scope: Scope | None) -> Found:
    """The calls of all pages, one request after the other."""
    searches, found, cursor = store.searches(policy_of(stand.chosen)), list[Record](), None
    last = None
    while not found or cursor is not None:
        sent = json.dumps({**body, "cursor": cursor}).encode()
        try:
            asked = searches.parse(sent, scope_of(scope), stand.now)
        except RequestError as error:
            return error.answer_status
        page = searches.page(asked)
        assert len(page.calls) <= asked.search.limit
        assert (page.last is None) or len(page.calls) == asked.search.limit
        assert page.last is None or page.last != last, "the page after another is the same again"
        last = page.last
        found += page.calls
        cursor = None if page.last is None else asked.cursor(page.last)
        if not page.calls:
            break
    return found


def streamed(stand: Stand, store: Store, body: Body, scope: Scope | None) -> list[Record]:
    """The same calls as they are given whole."""
    searches = store.searches(policy_of(stand.chosen))
    asked = searches.parse(json.dumps(body).encode(), scope_of(scope), stand.now)
    return [one for some in searches.rows(asked, 3) for one in some]


def exact_json(text: str) -> Any:
    """A payload with numbers that are equal however they are written."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def shown(call: Call, chosen: ReferenceSettings) -> dict[str, Any]:
    """What the rules say of a call, as far as it is settled or derived."""
    others = {name: call.others.get(name) for name in ("agent_id", "end_reason", "language")}
    price = call.price
    return {
        "call_id": call.call_id,
        "merchant_id": call.merchant_id,
        "reseller_id": call.reseller_id,
        "started_at": call.started_at,
        "template_id": call.template_id,
        "lead_id": call.lead_id,
        "provider": call.provider,
        "direction": call.direction,
        "attempt": call.attempt,
        "duration": None if call.duration is None else Fraction(call.duration, 1000),
        "outcome": call.outcome,
        "sentiment": call.sentiment,
        "status": call.status,
        "payload": exact_json(json.dumps(call.payload)),
        "answered_at": call.answered_at,
        "success": call.success,
        "cost": None if price is None else Fraction(price.cost) / 10**6,
        "currency": call.currency,
        "reached": is_reached(chosen, call.outcome, call.answered_at, call.success),
        **others,
    }


def plain(call: Record, names: Sequence[str]) -> dict[str, Any]:
    """What the product shows of a call, with numbers to compare exactly."""
    found: dict[str, Any] = {name: call[name] for name in names}
    for name in ("duration", "cost"):
        found[name] = None if found[name] is None else Fraction(found[name])
    found["payload"] = exact_json(found["payload"] or "{}")
    return found


def check(
    stores: list[Store], scene: Scene, chosen: ReferenceSettings, seed: int, **how: Any
) -> None:
    history, asked, now = scene
    stand = Stand(Reference(chosen), chosen, now)
    load(stores, stand.reference, history, seed)
    for place, (whole, scope) in enumerate(asked):
        body = {name: whole[name] for name in ("filters", "timezone") if name in whole} | how
        compare(stores, stand, body, scope, place)


def compare(stores: list[Store], stand: Stand, body: Body, scope: Scope | None, place: int) -> None:
    """The first store gives the calls in pages and whole, others one way or the other by turns."""
    try:
        ordered: list[Call] | int = stand.reference.calls(body, scope, stand.now)
    except Refused as error:
        ordered = error.status
    for store in stores:
        # A page is several statements, of which each takes long on any engine but the first.
        whole = store is stores[0] or not place % 2
        found = paged(stand, store, body, scope) if store is stores[0] or place % 2 else None
        if isinstance(ordered, int):
            assert found in (ordered, None), store.name
            continue
        wanted = [shown(one, stand.chosen) for one in ordered]
        if body["order"] == "-started_at":
            wanted.reverse()
        if found is not None:
            assert_same(found, wanted, store.name)
        if whole:
            assert_same(streamed(stand, store, body, scope), wanted, store.name)


def assert_same(found: Found, wanted: list[dict[str, Any]], name: str) -> None:
    assert not isinstance(found, int), (name, found)
    names = [list(one) for one in wanted]
    assert [plain(*one) for one in zip(found, names, strict=True)] == wanted, name


@examples(5)
@given(data=st.data(), order=ORDERS, limit=LIMITS)
def test_pages_have_what_matches(
    stores: list[Store], data: st.DataObject, order: str, limit: int
) -> None:
    scene = data.draw(scenes(6 * ["call_count"]))
    settings, seed = data.draw(reference_settings()), data.draw(SEEDS)
    check(some_of(stores, seed), scene, settings, seed, order=order, limit=limit)


@examples(4)
@given(scene=payload_scenes(), order=ORDERS, limit=LARGER)
def test_payload_filters_match(stores: list[Store], scene: Scene, order: str, limit: int) -> None:
    check(stores, scene, ReferenceSettings(), 0, order=order, limit=limit)


@examples(4)
@given(scene=time_scenes(6 * ["call_count"]), order=ORDERS, limit=LARGER)
def test_ranges_match(stores: list[Store], scene: Scene, order: str, limit: int) -> None:
    check(stores, scene, ReferenceSettings(), 0, order=order, limit=limit)


@examples(6)
@given(first=histories(), then=histories(), order=ORDERS, seed=SEEDS)
def test_what_stays_comes_once_while_records_arrive(
    stores: list[Store], first: Any, then: Any, order: str, seed: int
) -> None:
    """Calls that are there before and after with the same start are found, whatever else comes."""
    reference, body = Reference(), {"order": order}
    load(stores, reference, first, seed, apart=0)
    before = {_key(one) for one in reference.calls(body, None, NOW)}
    pages = [store.searches().page(_asked(store, order, None)) for store in stores]
    send(stores, reference, list(batches(then, seed)))
    after = {_key(one) for one in reference.calls(body, None, NOW)}
    for store, page in zip(stores, pages, strict=True):
        keys = [
            (one["started_at"], one["merchant_id"], one["call_id"])
            for one in [*page.calls, *_rest(store, order, page)]
        ]
        assert len(keys) == len(set(keys))
        assert before & after <= set(keys)


def _rest(store: Store, order: str, page: Page) -> Iterator[Record]:
    """The calls of the pages that follow one."""
    asked = _asked(store, order, None)
    while (last := page.last) is not None:
        asked = _asked(store, order, asked.cursor(last))
        page = store.searches().page(asked)
        assert page.last != last, "the page after another is the same again"
        yield from page.calls


def _key(call: Call) -> tuple[Any, ...]:
    return call.started_at, call.merchant_id, call.call_id


def _asked(store: Store, order: str, cursor: str | None) -> Any:
    body = json.dumps({"order": order, "limit": 2, "cursor": cursor}).encode()
    return store.searches().parse(body, scope_of(None), NOW)
