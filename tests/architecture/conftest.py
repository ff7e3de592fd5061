"""The script that makes the reference, as a module."""

import importlib.util
from types import ModuleType

import pytest

from .tree import ROOT


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    path = ROOT / "scripts" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
