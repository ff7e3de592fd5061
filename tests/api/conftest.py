"""Every test on every engine; a server for each, and one that those share who leave no trace."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import engines
from support.server import Server, serving


@pytest.fixture(scope="session", autouse=True, params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that servers run on."""
    before, engines.current = engines.current, request.param
    yield request.param
    engines.current = before


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def shared_server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("shared")) as found:
        yield found


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads to ask from while others wait."""
    with ThreadPoolExecutor(4) as found:
        yield found
