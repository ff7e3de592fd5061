"""A piece of work that failed holds nothing of what it had in hand."""

import gc
import weakref

import pytest

from callistics.errors import TooLarge
from callistics.http.pool import Pool
from support.asynchronous import finished


class Body:
    """Something large."""


def test_what_failed_work_had_in_hand_is_let_go() -> None:
    held: list[weakref.ref[Body]] = []

    def unpacked() -> None:
        body = Body()
        held.append(weakref.ref(body))
        try:
            raise ValueError(str(body))
        except ValueError:
            raise TooLarge("larger than it may be") from None

    async def asked() -> TooLarge:
        pool = Pool("test", 1, 1)
        try:
            with pytest.raises(TooLarge) as caught:
                await pool.run(unpacked)
            return caught.value
        finally:
            pool.stop()

    gc.disable()
    try:
        error = finished(asked())
        assert str(error) == "larger than it may be"
        del error
        assert held[0]() is None
    finally:
        gc.enable()
