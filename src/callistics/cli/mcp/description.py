"""What can be asked and what it means, out of what the server describes and the documentation."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import callistics
from callistics.cli.mcp.answers import Arguments, Backend, text
from callistics.cli.root import Failure
from callistics.errors import did_you_mean
from callistics.model.json import as_list, as_object, decode, encode

_PACKAGED = Path(callistics.__file__).with_name("metric-definitions.md")
_IN_A_CLONE = Path(callistics.__file__).parents[2] / "docs" / "metric-definitions.md"
_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\([^()]*\)")
_SHORT = 2_000
"""Bytes up to which a part of the description is shown unless it is named."""
_SHORTEST_WORD = 4

Described = dict[str, Any]


def describe(backend: Backend, arguments: Arguments) -> bytes:
    """All that can be asked, in brief, or all that is told of a name."""
    document = _described(backend)
    name = text(arguments, "name")
    if name is None:
        return encode(_overview(document))
    found = _named(document, name) | ({name: document[name]} if name in document else {})
    if not found:
        raise Failure(_nothing(name, _names(document)))
    return encode(found)


def explain(backend: Backend, arguments: Arguments) -> bytes:
    """How what has a name is defined: by its declaration, and the sections of the documentation."""
    document, sections = _described(backend), definitions()
    name = text(arguments, "name") or ""
    found = _declared(document, name)
    related = _sections(name, _words(document, name), sections)
    if not found and not related:
        raise Failure(_nothing(name, [*_names(document), *_fields(document), *sections]))
    told = {"declared": found, "definitions": related}
    text_of_it = encode(told).decode()
    settings = document["settings"].items()
    return encode(
        {
            **told,
            "settings": {one: value for one, value in settings if f"`{one}`" in text_of_it},
            "other_definitions": [one for one in sections if one not in related],
        }
    )


def definitions() -> Mapping[str, str]:
    """The sections of the page of metric definitions, by their headings."""
    page = _PACKAGED if _PACKAGED.exists() else _IN_A_CLONE
    _, *parts = _HEADING.split(_LINK.sub("]", page.read_text(encoding="utf-8")))
    return {title: part.strip() for title, part in zip(parts[::2], parts[1::2], strict=True)}


def _described(backend: Backend) -> Described:
    response = backend.client.request(
        "GET", "/analytics/types", expects="query_types", repeatable=True
    )
    return cast("Described", decode(response.content))


def _overview(document: Described) -> Described:
    """Of each part what is short; the others by their names."""
    lists = _lists(document)
    named = {part: [_scalars(one) for one in items] for part, items in lists.items()}
    short = {part: found for part, found in document.items() if len(encode(found)) <= _SHORT}
    left_out = [part for part in document if part not in named and part not in short]
    return {**short, **named, "left_out": left_out}


def _scalars(one: Described) -> Described:
    return {name: value for name, value in one.items() if not isinstance(value, dict | list)}


def _lists(document: Described) -> dict[str, Sequence[Described]]:
    """The parts that are lists of what has a name."""
    return {
        part: cast("Sequence[Described]", items)
        for part, value in document.items()
        if (items := as_list(value)) and "name" in (as_object(items[0]) or {})
    }


def _names(document: Described) -> list[str]:
    named = [one["name"] for items in _lists(document).values() for one in items]
    return [*document, *named]


def _fields(document: Described) -> list[str]:
    return [field["name"] for kind in document["query_types"] for field in kind["fields"]]


def _named(document: Described, name: str) -> Described:
    """What has the name, by the part that it is in."""
    return {
        part: one
        for part, items in _lists(document).items()
        for one in items
        if one["name"] == name
    }


def _declared(document: Described, name: str) -> Described:
    """What is declared by the name, and the fields of that name by the query types that have it."""
    kinds = document["query_types"]
    fields = {
        kind["name"]: field for kind in kinds for field in kind["fields"] if field["name"] == name
    }
    found = {part: _without_schemas(one) for part, one in _named(document, name).items()}
    return found | ({"fields_of": fields} if fields else {})


def _without_schemas(one: Described) -> Described:
    return {name: value for name, value in one.items() if name not in {"request", "schema"}}


def _words(document: Described, name: str) -> set[str]:
    """The words of a name; of a query type those of its keys too."""
    kinds = [one for one in document["query_types"] if one["name"] == name]
    keys = [one["name"] for kind in kinds for one in kind["fields"] if one["role"] == "key"]
    return {word for one in (name, *keys) for word in _long_words(one)}


def _long_words(text: str) -> list[str]:
    return [one for one in re.split("[^a-z]+", text.lower()) if len(one) >= _SHORTEST_WORD]


def _sections(name: str, words: set[str], sections: Mapping[str, str]) -> dict[str, str]:
    """The section of that heading, else those that name it or whose heading has a word of it."""
    if name in sections:
        return {name: sections[name]}
    return {
        title: part
        for title, part in sections.items()
        if f"`{name}`" in part or _share_a_word(_long_words(title), words)
    }


def _share_a_word(heading: Sequence[str], words: set[str]) -> bool:
    """Whether a word of one begins with a word of the other: `outcome` and `outcomes`."""
    return any(one.startswith(word) or word.startswith(one) for word in words for one in heading)


def _nothing(name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known) or f"; one of {', '.join(dict.fromkeys(known))}"
    return f'nothing is called "{name}"{hint}'
