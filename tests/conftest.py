"""What every test runs under: how many examples are drawn, and what the machine must not decide."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).parents[2] / "shared"

# In CI the examples are the same in every run; elsewhere each run draws new ones.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "many", settings.get_profile("default"), derandomize=False, max_examples=5_000
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--many", action="store_true", help="draw 5,000 examples for each property")


def pytest_configure(config: pytest.Config) -> None:
    named = os.environ.get("HYPOTHESIS_PROFILE") or "default"
    settings.load_profile("many" if config.getoption("--many") else named)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    absent = pytest.mark.skip(reason=f"{SHARED} is not there")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data and samples; for tests marked `shared`."""
    return SHARED


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CALLISTICS_") and not name.startswith("CALLISTICS_TEST_"):
            monkeypatch.delenv(name)
