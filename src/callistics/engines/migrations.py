"""Numbered schema migrations of any engine, read from the files of a package.

A file `mNNNN_name.py` has `OPERATIONS`, a tuple of the engine's typed operations; a file
`NNNN_name.sql` is a script that the engine makes operations of. Anything else is refused.
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from typing import Any, Generic, TypeVar, cast

from callistics.errors import EngineError

Operation = TypeVar("Operation")
_FILE = re.compile(r"m?(?P<number>\d{4})_(?P<name>\w+)\.(?:py|sql)")


@dataclass(frozen=True, slots=True)
class Migration(Generic[Operation]):
    """One step of a schema; applied in order of the numbers, never edited once released."""

    number: int
    name: str
    operations: tuple[Operation, ...]


def load(
    package: str, kind: type[Operation], script: Callable[[str], tuple[Operation, ...]]
) -> list[Migration[Operation]]:
    """Every migration of a package, in order; `script` reads the text of a `.sql` file.

    Raises `EngineError` for a file that is no migration, for operations that are not of `kind`,
    for a migration without any, and where the numbers are not 1, 2, 3 …
    """
    files = [
        file
        for file in resources.files(package).iterdir()
        if file.name not in ("__init__.py", "__pycache__")
    ]
    found = [_read(package, file, kind, script) for file in files]
    found.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise EngineError(f"{package}: migrations are numbered {numbers}, not 1, 2, 3 …")
    return found


def _read(
    package: str,
    file: Traversable,
    kind: type[Operation],
    script: Callable[[str], tuple[Operation, ...]],
) -> Migration[Operation]:
    match = _FILE.fullmatch(file.name)
    if match is None or file.name.startswith("m") != file.name.endswith(".py"):
        raise EngineError(f"{package}: {file.name} is no migration")
    if file.name.endswith(".py"):
        module = import_module(f"{package}.{file.name.removesuffix('.py')}")
        operations: Any = getattr(module, "OPERATIONS", None)
    else:
        operations = script(file.read_text(encoding="utf-8"))
    found = cast("tuple[object, ...]", operations)
    if (
        not isinstance(operations, tuple)
        or not found
        or not all(isinstance(one, kind) for one in found)
    ):
        raise EngineError(f"{package}: {file.name} has no tuple OPERATIONS of this engine's own")
    return Migration(int(match["number"]), match["name"], cast("tuple[Operation, ...]", operations))


def newer(known: Sequence[Migration[Any]], schema: int) -> Iterator[str]:
    """What is wrong where a newer version was at work: nothing, or a sentence."""
    newest = known[-1].number
    if schema > newest:
        yield f"schema {schema} is newer than this version's {newest}: upgrade Callistics"


def missing(known: Sequence[Migration[Operation]], done: Set[int]) -> list[Migration[Operation]]:
    """What is still to be applied. Raises `EngineError` where a newer version was at work."""
    for problem in newer(known, max(done, default=0)):
        raise EngineError(problem)
    return [migration for migration in known if migration.number not in done]


def up_to(known: Sequence[Migration[Operation]], schema: int) -> Sequence[Migration[Operation]]:
    """Those that make a database of a schema. Raises `EngineError` for one of a newer version."""
    for problem in newer(known, schema):
        raise EngineError(problem)
    return known[:schema]
