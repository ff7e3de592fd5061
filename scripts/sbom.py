"""Write bills of materials (CycloneDX 1.6, JSON) into `dist/sbom`: `make sbom`.

One is what the container installs, `requirements/runtime.txt` whole; the others are what each extra
of the package needs. Versions and hashes are those of the lock files, licences those that the
installed packages declare. What the lock pins for other systems than this one is left out.
"""

import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from uuid import uuid4

from cyclonedx.spdx import fixup_id, is_expression
from packageurl import PackageURL
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from callistics import __version__

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "dist" / "sbom"
_PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\$", re.M)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: OSI Approved :: "
# Classifiers that name one licence; "BSD License" names several.
_SPDX = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


class SbomError(Exception):
    """The lock files and what is installed do not agree."""


@dataclass(frozen=True)
class Pin:
    """A package as a lock file pins it, with the SHA-256 of every file that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @cached_property
    def installed(self) -> Distribution:
        """The package in this environment."""
        return distribution(self.name)


Pins = Mapping[str, Pin]
Graph = Mapping[str, Iterable[str]]


def pins(lock: str) -> dict[str, Pin]:
    """What the text of a lock file pins for this system, by normalized name."""
    found: dict[str, Pin] = {}
    starts = list(_PIN.finditer(lock))
    ends = [one.start() for one in starts[1:]] + [len(lock)]
    for one, end in zip(starts, ends, strict=True):
        if one["marker"] and not Marker(one["marker"]).evaluate():
            continue
        name = canonicalize_name(one["name"])
        found[name] = Pin(name, one["version"], tuple(_HASH.findall(lock[one.end() : end])))
    return found


def extras(project: Mapping[str, Any]) -> dict[str, list[Requirement]]:
    """What each extra of the package needs directly; `client` is what all of them need."""
    base: list[str] = project["dependencies"]
    optional: Mapping[str, list[str]] = project["optional-dependencies"]
    own = project["name"]

    def needed(names: Iterable[str]) -> Iterator[Requirement]:
        for one in map(Requirement, names):
            if one.name == own:
                yield from (each for extra in one.extras for each in needed(optional[extra]))
            else:
                yield one

    sets = {"client": base, **{name: [*base, *more] for name, more in optional.items()}}
    return {name: list(needed(texts)) for name, texts in sets.items()}


def needs(requirements: Iterable[Requirement], known: Pins) -> dict[str, set[str]]:
    """Everything that requirements bring, each by name with what it needs itself."""
    graph: dict[str, set[str]] = {}
    waiting = [(canonicalize_name(one.name), frozenset(one.extras)) for one in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, with_extras = waiting.pop()
        if (name, with_extras) in seen:
            continue
        if name not in known:
            raise SbomError(f"{name} is needed and not pinned: make lock")
        seen.add((name, with_extras))
        direct = list(_direct(known[name].installed, with_extras))
        graph.setdefault(name, set()).update(each for each, _ in direct)
        waiting += direct
    return graph


def _direct(package: Distribution, names: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for one in map(Requirement, package.requires or ()):
        if one.marker is None or any(one.marker.evaluate({"extra": n}) for n in names or {""}):
            yield canonicalize_name(one.name), frozenset(one.extras)


def licence(package: Distribution) -> dict[str, Any]:
    """What a package declares as its licence: an SPDX id or expression where it is one."""
    told = package.metadata
    classifiers = [
        one.removeprefix(_CLASSIFIER)
        for one in told.get_all("Classifier") or ()
        if one.startswith(_CLASSIFIER)
    ]
    written = [*(told.get_all("License-Expression") or ()), *map(_SPDX.get, classifiers)]
    lines = [one.splitlines()[0].strip() for one in told.get_all("License") or () if one.strip()]
    for name in filter(None, [*written, *lines, *classifiers]):
        spdx = fixup_id(name)
        if spdx is None and is_expression(name):
            return {"expression": name}
        return {"license": {"name": name} if spdx is None else {"id": spdx}}
    raise SbomError(f"{package.name} declares no licence")


def bill(graph: Graph, direct: Iterable[str], known: Pins) -> dict[str, Any]:
    """The bill of the packages of a graph, of which some are needed directly."""
    names = {name: _purl(known[name].name, known[name].version) for name in sorted(graph)}
    own = {"type": "application", "name": "callistics", "version": __version__}
    own["bom-ref"] = own["purl"] = _purl("callistics", __version__)
    depends = [{"ref": ref, "dependsOn": _refs(names, graph[name])} for name, ref in names.items()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": own,
        },
        "components": [_component(known[name]) for name in names],
        "dependencies": [{"ref": own["bom-ref"], "dependsOn": _refs(names, direct)}, *depends],
    }


def _component(pin: Pin) -> dict[str, Any]:
    purl = _purl(pin.name, pin.version)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": pin.name,
        "version": pin.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": one} for one in pin.hashes],
        "licenses": [licence(pin.installed)],
    }


def _purl(name: str, version: str) -> str:
    return PackageURL("pypi", name=name, version=version).to_string()


def _refs(names: Mapping[str, str], wanted: Iterable[str]) -> list[str]:
    return [names[one] for one in sorted(wanted)]


def bills() -> dict[str, Callable[[], dict[str, Any]]]:
    """What makes each bill, by its name. Each raises `SbomError`."""
    folder = ROOT / "requirements"
    everything = pins((folder / "dev.txt").read_text(encoding="utf-8"))
    runtime = pins((folder / "runtime.txt").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = extras(project)
    made = {name: partial(_bill_of, wanted, everything) for name, wanted in direct.items()}
    return made | {"container": partial(_bill_of, list(map(Requirement, runtime)), runtime)}


def _bill_of(direct: Sequence[Requirement], known: Pins) -> dict[str, Any]:
    wanted = {canonicalize_name(one.name) for one in direct}
    return bill(needs(direct, known), wanted, known)


def main() -> int:
    """Write every bill."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, made in bills().items():
        try:
            content = made()
        except SbomError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        path = TARGET / f"{name}.cdx.json"
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(content['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
