"""Comparisons are answered as the naive evaluation of the contract answers them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples, shards
from support.store import Store

from .comparison_strategies import comparison_scenes
from .reference import ReferenceSettings
from .strategies import QUERY_TYPES, reference_settings
from .test_agreement import SEEDS, check, some_of
from .test_batches import batches_of
from .test_batches import check as check_batch

pytestmark = pytest.mark.slow


@shards(2)
@examples(6, shards=2)
@given(data=st.data())
def test_comparisons_agree(stores: list[Store], shard: int, data: st.DataObject) -> None:
    scene = data.draw(comparison_scenes(data.draw(st.permutations(QUERY_TYPES))))
    settings, seed = data.draw(reference_settings()), data.draw(SEEDS)
    check(some_of(stores, seed), scene, settings, seed, common=9)


@examples(2)
@given(data=st.data())
def test_batches_of_comparisons_agree(stores: list[Store], data: st.DataObject) -> None:
    """Some of them share their ranges with each other, and with queries that compare nothing."""
    history, asked, now = data.draw(comparison_scenes(QUERY_TYPES))
    alone = [({**body, "compare": None}, scope) for body, scope in asked[::4]]
    scene = history, [*asked, *alone], now
    check_batch(stores, scene, data.draw(batches_of(scene)), data.draw(SEEDS), ReferenceSettings())
