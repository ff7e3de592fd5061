"""A server for each test, and one that tests share which leave nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server import Server, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("shared")) as found:
        yield found
