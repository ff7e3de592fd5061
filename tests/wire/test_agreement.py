"""Over HTTP the product and the naive evaluation of the contract give the same answers."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle.focused_strategies import payload_scenes
from oracle.reference import Reference, ReferenceSettings
from oracle.strategies import QUERY_TYPES, reference_settings, scenes
from oracle.test_agreement import Scene, check, compare, load
from support.store import Store, opened


@pytest.fixture(scope="module")
def stores() -> Iterator[list[Store]]:
    with opened("wire") as found:
        yield [found]


@settings(max_examples=15)
@given(data=st.data())
def test_every_type_agrees(stores: list[Store], data: st.DataObject) -> None:
    history, requests, now = data.draw(scenes(QUERY_TYPES))
    chosen = data.draw(reference_settings())
    reference = Reference(chosen)
    load(stores, reference, history, data.draw(st.integers(0, 9)))
    for body, scope in requests:
        compare(stores, reference, body, scope, chosen, now)


@settings(max_examples=15)
@given(scene=payload_scenes())
def test_payload_filters_agree(stores: list[Store], scene: Scene) -> None:
    check(stores, scene, ReferenceSettings(), 0)
