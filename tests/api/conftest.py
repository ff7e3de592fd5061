"""Servers: on every engine where the engine matters, else one that many tests share."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from support import engines, inside
from support.alerting import Notified, alerting, notified
from support.prepared import lent
from support.server import Server, serving


@pytest.fixture(scope="session", params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that servers run on."""
    before, engines.current = engines.current, request.param
    yield request.param
    engines.current = before


@pytest.fixture(autouse=True)
def _one_engine_unless_each(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "engine" not in request.fixturenames:
        monkeypatch.setattr(engines, "current", "duckdb")


@pytest.fixture
def fresh_server(engine: str, tmp_path: Path) -> Iterator[Server]:
    """A server on each engine that has never been asked for anything."""
    with ExitStack() as stack:
        opened = None if engine == "duckdb" else stack.enter_context(lent(engine))
        yield stack.enter_context(serving(tmp_path, opened))


@pytest.fixture(scope="session")
def kept_server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server on each engine, for one test after the other."""
    with serving(tmp_path_factory.mktemp("kept")) as found:
        yield found


@pytest.fixture
def server(kept_server: Server) -> Iterator[Server]:
    """A server on each engine that has no records, though maybe keys of the tests before."""
    engines.empty_server(inside.engine_of(kept_server))
    parts = kept_server.application.services
    clocks = parts.clock, parts.alerts.clock
    yield kept_server
    parts.clock, parts.alerts.clock = clocks


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server on one engine, without records, for all tests that leave none."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "current", "duckdb")
            found = stack.enter_context(serving(tmp_path_factory.mktemp("shared")))
        yield found


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads to ask from while others wait."""
    with ThreadPoolExecutor(4) as found:
        yield found


@pytest.fixture(scope="session")
def hook() -> Iterator[Notified]:
    """One webhook for all tests."""
    with notified() as found:
        yield found


@pytest.fixture
def webhook(hook: Notified) -> Notified:
    """A webhook to which nothing has come."""
    hook.came.clear()
    hook.statuses.clear()
    return hook


@pytest.fixture(scope="session")
def alert_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server on one engine, for all tests of alerts that leave nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "current", "duckdb")
        found = ExitStack()
        server = found.enter_context(alerting(tmp_path_factory.mktemp("alerts")))
    yield server
    found.close()


@pytest.fixture
def watching(alert_server: Server) -> Iterator[Server]:
    """A server on one engine, without alerts and calls."""
    yield alert_server
    for one in alert_server.request("GET", "/alerts").json()["alerts"]:
        assert alert_server.request("DELETE", f"/alerts/{one['id']}").status_code == 204
    engines.empty(inside.engine_of(alert_server))
