"""What requests hold in memory together has one bound."""

from typing import Any

import pytest

from callistics.errors import Unavailable
from callistics.http.memory import RequestMemory


def scope() -> dict[str, Any]:
    return {"state": {}}


def test_what_is_over_gives_back_what_it_held() -> None:
    memory, one, two = RequestMemory(100), scope(), scope()
    memory.hold(one, 60)
    with pytest.raises(Unavailable) as refused:
        memory.hold(two, 60)
    assert refused.value.retry_after
    memory.hold(two, 40)
    memory.release(one)
    memory.release(one)
    assert memory.held == 40
    memory.hold(two, 60)
    memory.release(two)
    assert memory.held == 0


def test_one_alone_is_taken_however_large() -> None:
    memory, one = RequestMemory(100), scope()
    memory.ensure(one, 1_000)
    memory.hold(one, 90)
    memory.hold(one, 90)
    with pytest.raises(Unavailable):
        memory.hold(scope(), 1)


def test_what_would_not_be_held_is_known_before() -> None:
    memory = RequestMemory(100)
    memory.hold(scope(), 90)
    with pytest.raises(Unavailable):
        memory.ensure(scope(), 11)
    memory.ensure(scope(), 10)
    assert memory.held == 90
