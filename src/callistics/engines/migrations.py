"""Numbered schema migrations of any engine: files `NNNN_name.sql` of a package."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from importlib import resources

from callistics.errors import EngineError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a schema; applied in order of the numbers, never edited once released."""

    number: int
    name: str
    sql: str


def load(package: str) -> list[Migration]:
    """Every migration of a package, in order."""
    found: list[Migration] = []
    for file in resources.files(package).iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            found.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def newer(known: Sequence[Migration], schema: int) -> Iterator[str]:
    """What is wrong where a newer version was at work: nothing, or a sentence."""
    newest = known[-1].number
    if schema > newest:
        yield f"schema {schema} is newer than this version's {newest}: upgrade Callistics"


def missing(known: Sequence[Migration], done: Set[int]) -> list[Migration]:
    """What is still to be applied. Raises `EngineError` where a newer version was at work."""
    for problem in newer(known, max(done, default=0)):
        raise EngineError(problem)
    return [migration for migration in known if migration.number not in done]
