"""The words by which platforms and carriers say that nobody was spoken to."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from callistics.records.outcomes import outcome_key

_PACKAGE = "callistics.records"


@dataclass(frozen=True, slots=True)
class Source:
    """Where words were found, as they are written there."""

    owner: str
    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.owner}, {self.document}"


def _read() -> tuple[Source, ...]:
    text = resources.files(_PACKAGE).joinpath("unreached.toml").read_text(encoding="utf-8")
    return tuple(
        Source(one["owner"], one["document"], tuple(one["words"]))
        for one in tomllib.loads(text)["source"]
    )


SOURCES = _read()


def sources_by_key() -> Mapping[str, tuple[Source, ...]]:
    """Every key of the default, in order, with the sources that have a word of it."""
    found: dict[str, list[Source]] = {}
    for source in SOURCES:
        for key in {key for word in source.words if (key := outcome_key(word))}:
            found.setdefault(key, []).append(source)
    return {key: tuple(found[key]) for key in sorted(found)}


DEFAULT_UNREACHED = tuple(sources_by_key())
"""The keys of all the words, in order: the default of the setting `unreached_outcomes`."""
