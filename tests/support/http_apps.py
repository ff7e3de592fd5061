"""HTTP applications that are used again: to build one takes longer than most tests."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest
from litestar import Litestar
from litestar.datastructures import State

from callistics.http.app import Lifespan, create_http
from callistics.server import app


class _Reused:
    """An application for one server after the other, free again where the last has ended."""

    def __init__(self, origins: Sequence[str], *, encrypted: bool) -> None:
        self.kind = (*origins,), encrypted
        self.lifespan: Lifespan | None = None
        self.http = create_http(self._lasting, origins, encrypted=encrypted)

    @asynccontextmanager
    async def _lasting(self, http: Litestar) -> AsyncGenerator[None]:
        assert self.lifespan is not None
        http.state = State()
        try:
            async with self.lifespan(http):
                yield
        finally:
            _idle.append(self)


_idle: list[_Reused] = []


def _create(
    lifespan: Lifespan, cors_origins: Sequence[str] = (), *, encrypted: bool = False
) -> Litestar:
    kind = (*cors_origins,), encrypted
    place = next((n for n, one in enumerate(_idle) if one.kind == kind), None)
    found = _Reused(cors_origins, encrypted=encrypted) if place is None else _idle.pop(place)
    found.lifespan = lifespan
    return found.http


def reuse(patch: pytest.MonkeyPatch) -> None:
    """Have servers in this process take the applications of those that have ended."""
    patch.setattr(app, "create_http", _create)
