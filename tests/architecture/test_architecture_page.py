"""The picture of the layers is that of the import contracts, and every path it names is there."""

import re
import tomllib

from .tree import ROOT, SOURCE

PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_layers_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (one["layers"] for one in contracts["contracts"] if one["id"] == "layers")
    (picture,) = re.findall(r"```\n(.*?)```", PAGE, flags=re.DOTALL)
    drawn = [re.split(r"\s{2,}", line)[0] for line in picture.splitlines()]
    assert drawn == layers


def test_every_package_is_in_the_picture() -> None:
    (picture,) = re.findall(r"```\n(.*?)```", PAGE, flags=re.DOTALL)
    drawn = {
        name for line in picture.splitlines() for name in re.split(r"\s{2,}", line)[0].split(" | ")
    }
    there = {
        path.stem
        for path in SOURCE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert drawn == there - {"__init__"}


def test_every_path_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/|\*/)+(?:\w+\.\w+)?|\w+\.(?:py|toml))`", PAGE))
    assert len(named) > 20
    missing = [one for one in named if not list(SOURCE.glob(f"**/{one}"))]
    assert not missing
