"""Over HTTP the product and the naive evaluation of the contract give the same answers."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.focused_strategies import payload_scenes
from oracle.strategies import QUERY_TYPES, Scene, reference_settings, scenes
from oracle.test_agreement import check
from support.examples import examples
from support.store import Store, opened


@pytest.fixture(scope="module")
def stores() -> Iterator[list[Store]]:
    with opened("wire") as found:
        yield [found]


@examples(5)
@given(data=st.data())
def test_every_type_agrees(stores: list[Store], data: st.DataObject) -> None:
    scene = data.draw(scenes(QUERY_TYPES))
    check(stores, scene, data.draw(reference_settings()), data.draw(st.integers(0, 9)))


@examples(5)
@given(scene=payload_scenes())
def test_payload_filters_agree(stores: list[Store], scene: Scene) -> None:
    check(stores, scene)
