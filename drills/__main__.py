"""Lists drills, or does one of them: `python -m drills NAME [--short]`."""

import argparse
import importlib
import pkgutil
import sys
from types import ModuleType

import drills


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
    given = parser.parse_args()
    if given.name is None:
        for name, module in sorted(found.items()):
            print(f"{name:12} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    report = found[given.name].drill(short=given.short)
    print(report.markdown)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
