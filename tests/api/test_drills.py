"""The short forms of the drills."""

import shutil

import pytest
from drills import faults, kill, soak

from support import engines


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "current", "duckdb")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_faults_at_file_operations() -> None:
    report = faults.drill(short=True)
    assert report.passed, report.markdown


@pytest.mark.slow
def test_kills_under_load() -> None:
    report = kill.drill(short=True)
    assert report.passed, report.markdown


@pytest.mark.slow
def test_mixed_load_with_backups() -> None:
    report = soak.drill(short=True)
    assert report.passed, report.markdown
