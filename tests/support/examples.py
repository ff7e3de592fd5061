"""How many examples a property draws, and which."""

import os
import zlib

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, seed, settings

_USUAL = 75


def register_profiles() -> None:
    """`default` draws the examples of CI where `CI` is set, others in each run elsewhere."""
    settings.register_profile(
        "default",
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        max_examples=_USUAL,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    usual = settings.get_profile("default")
    settings.register_profile("nightly", usual, derandomize=False, max_examples=1_000)
    settings.register_profile("many", usual, derandomize=False, max_examples=5_000)


def examples(count: int, shards: int = 1) -> settings:
    """The settings of a property whose examples are dear: so many over all of its shards.

    A profile that draws more than usual draws as many for this one as for any other.
    """
    wanted = settings().max_examples
    return settings(max_examples=(count if wanted == _USUAL else wanted) // shards)


def shards(count: int) -> pytest.MarkDecorator:
    """Split a property into tests with other examples each, so that several processes share it."""
    return pytest.mark.parametrize("shard", range(count))


def choose_seed(item: pytest.Item) -> None:
    """Where examples are the same in every run, give each test its own.

    Without this all tests made from one function would draw the same.
    """
    # Others, such as schemathesis, have items of their own.
    if type(item) is pytest.Function and is_hypothesis_test(item.obj) and settings().derandomize:
        function = getattr(item.obj, "__func__", item.obj)
        seed(zlib.crc32(item.nodeid.encode()))(function)
