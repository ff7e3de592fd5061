"""Lists drills, or does one of them: `python -m drills NAME [--short]`."""

import argparse
import importlib
import inspect
import pkgutil
import sys
from types import ModuleType

import drills

_CHOSEN = ("minutes", "seed", "engine")


def known() -> dict[str, ModuleType]:
    """Every drill by its name."""
    names = [one.name for one in pkgutil.iter_modules(drills.__path__) if one.name != "__main__"]
    modules = {name: importlib.import_module(f"drills.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "drill")}


def main() -> int:
    """Do what the command line says; 1 where a drill has shown a fault."""
    found = known()
    parser = argparse.ArgumentParser(prog="python -m drills", description=drills.__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(found))
    parser.add_argument("--short", action="store_true", help="a small sample, in seconds")
    parser.add_argument("--minutes", type=float, help="how long, for drills that go on for a time")
    parser.add_argument("--seed", type=int, help="do again what was done of a seed")
    parser.add_argument("--engine", help="on which engine, for drills that know several")
    given = parser.parse_args()
    if given.name is None:
        for name, module in sorted(found.items()):
            print(f"{name:12} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    drill = found[given.name].drill
    chosen = {name: getattr(given, name) for name in _CHOSEN if getattr(given, name) is not None}
    unknown = chosen.keys() - inspect.signature(drill).parameters
    if unknown:
        parser.error(f"{given.name} takes no --{min(unknown)}")
    report = drill(short=given.short, **chosen)
    print(report.markdown)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
