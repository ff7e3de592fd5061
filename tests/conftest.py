"""What every test runs under: how many examples are drawn, and what the machine must not decide."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from support import engines, http_apps
from support.engines import ENGINES
from support.examples import choose_seed, register_profiles

SLOW_FOLDERS = {"wire"}
SHARED = Path(__file__).parents[2] / "shared"
ABSENT = Path(__file__).parent / "support" / "absent"
MOST_FILES = 800
# Thousands of tests are collected, and examples drawn, as many small objects that stay: to look
# for garbage after every few hundred of them takes a quarter of the time of collecting.
COLLECT_AFTER = (50_000, 20, 50)

gc.set_threshold(*COLLECT_AFTER)
register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--many", action="store_true", help="draw 5,000 examples for each property")
    parser.addoption("--engine", choices=ENGINES, help="run what runs on every engine on one")


def pytest_configure(config: pytest.Config) -> None:
    named = os.environ.get("HYPOTHESIS_PROFILE") or "default"
    settings.load_profile("many" if config.getoption("--many") else named)


def pytest_runtest_setup(item: pytest.Item) -> None:
    choose_seed(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """End the databases of a test once its fixtures have closed what they opened."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    if folder is not None:
        engines.drop(folder)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    absent = pytest.mark.skip(reason=f"{SHARED} is not there")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(absent)
        if item.path.parent.name in SLOW_FOLDERS:
            item.add_marker("slow")
    chosen = config.getoption("--engine")
    left_out = [item for item in items if chosen and engine_of(item) not in (None, chosen)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def engine_of(item: pytest.Item) -> str | None:
    """The engine that a test is made for, if it is made for each."""
    found = getattr(item, "callspec", None)
    values = found.params.values() if found else ()
    return next((one for one in values if isinstance(one, str) and one in ENGINES), None)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later collection of garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data and samples; for tests marked `shared`."""
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _servers_as_they_are_installed() -> Iterator[None]:
    """Processes that tests start lack what only the client uses, and takes long to load."""
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ABSENT), *inherited])))
        yield


@pytest.fixture(scope="session", autouse=True)
def _http_apps_are_used_again() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        http_apps.reuse(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_files_stay_open() -> Iterator[None]:
    """Some calls of the system take none whose number is above 1,023.

    chDB holds one for each library from its first error on, see
    findings/a-failed-query-opens-every-library.sh.
    """
    yield
    own = Path("/proc/self/fd")
    files = [f.readlink().name for f in own.iterdir() if f.exists()] if own.is_dir() else []
    assert len(files) < MOST_FILES, Counter(files).most_common(5)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CALLISTICS_") and not name.startswith("CALLISTICS_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_logs_as_a_test_before_had_them(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that begins to serve in this process configures the lines of log of all of it."""
    configure: Any = structlog.configure

    def uncached(**given: Any) -> None:
        configure(**{**given, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", uncached)
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
