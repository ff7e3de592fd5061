"""The script that pictures are drawn with, made as a build makes it."""

import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from callistics.dashboard import assets

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_exports_what_a_page_draws_with_and_loads_nothing(hook: ModuleType) -> None:
    text: str = hook.script()
    (exports,) = re.findall(r"export\s*\{([^}]*)\}", text)
    names = {pair.rpartition(" as ")[2].strip() for pair in exports.split(",")}
    assert names == {"View", "compile", "expressionInterpreter", "locale", "parse"}
    assert not re.findall(r"\bimport\s*[\"'{(*]", text)
    assert "null.compile" not in text
    assert len(text) < 900_000


def test_a_version_that_is_not_carried_ends_the_build(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hook.LIBRARIES, "vega-interpreter", "0.0.1")
    with pytest.raises(RuntimeError, match=r"vega-interpreter 0\.0\.1"):
        hook.script()


def test_a_wheel_holds_it_with_its_licences(tmp_path: Path) -> None:
    build = f"from hatchling.build import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    folder = "callistics/dashboard/static/vendor"
    assert {f"{folder}/charts.js", f"{folder}/LICENSES.txt"} <= set(names)


@pytest.mark.parametrize(
    "library", ["vega", "vega-lite", "vega-interpreter", "d3-scale", "delaunator"]
)
def test_the_licences_of_its_libraries_are_there(library: str) -> None:
    text = (assets.STATIC / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    assert re.search(rf"^{library} \(", text, flags=re.MULTILINE)


def test_where_it_is_missing_it_is_said_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "CHARTS", tmp_path / "charts.js")
    with pytest.raises(assets.ChartsMissingError, match="scripts/setup"):
        assets.charts_script()
