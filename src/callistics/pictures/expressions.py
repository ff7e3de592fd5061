"""Expressions that specifications compute with: of a row's fields, as texts and numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = "\N{EN DASH}"
"""What stands where a figure does not exist."""

# The joiner, which nobody sees, keeps what is absent apart from a value that reads the same.
_ABSENT = "\N{WORD JOINER}"
_GROUP_JOINT = " · "

DATE_TEXTS, WEEKDAY_TEXTS, UNFINISHED_FROM = "date_texts", "weekday_texts", "unfinished_from"
"""Names of what is set from outside: see `frame.PARAMS`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and the text beside it; a `sparse` one is left out where its value is missing."""

    label: str
    text: str
    sparse: str | None = None


def quoted(text: str) -> str:
    """A text as it is written in an expression."""
    return json.dumps(text)


def field(name: str) -> str:
    """A field of the row."""
    return f"datum[{quoted(name)}]"


def absent(text: str) -> str:
    """The name of what has no value."""
    return _ABSENT + text


def number(value: str) -> str:
    """A number as text in the locale of the view: two decimals, of small ones three digits."""
    form = f"abs({value}) < 1 ? ',.3~r' : ',.2~f'"
    return f"(isValid({value}) ? format({value}, {form}) : {quoted(NOTHING)})"


def share(value: str) -> str:
    """A share of 0-100 as text with its sign."""
    return f"(isValid({value}) ? format({value} / 100, '.1~%') : {quoted(NOTHING)})"


def key_text(name: str, none: str = "None") -> str:
    """The text of a field that rows are told apart by."""
    value = field(name)
    if name == "date":
        return f"({DATE_TEXTS}[{value}] || toString({value}))"
    if name == "weekday":
        return f"{WEEKDAY_TEXTS}[{value} - 1]"
    if name == "hour":
        return f"(format({value}, '02d') + ':00')"
    words = quoted(f"{name.capitalize()} ") + " + " if name == "attempt" else ""
    # The library makes null of an empty text.
    shown = f"""({value} === '' ? '""' : toString({value}))"""
    return f"(isValid({value}) ? {words}{shown} : {quoted(absent(none))})"


def group_text(group_by: Sequence[str]) -> str:
    """One text for all group fields of the row."""
    return f" + {quoted(_GROUP_JOINT)} + ".join(key_text(name) for name in group_by)


def tooltip(facts: Sequence[Fact]) -> dict[str, str]:
    """The facts as an object of label to text."""
    parts = [_there(fact, f"{{{quoted(fact.label)}: {fact.text}}}", "{}") for fact in facts]
    return {"expr": f"merge({', '.join(parts)})"}


def spoken(facts: Sequence[Fact]) -> dict[str, str]:
    """The facts as a sentence, for who does not see the picture."""
    parts = [
        _there(fact, f"{quoted(f'{fact.label}: ')} + {fact.text} + '; '", "''") for fact in facts
    ]
    return {"expr": " + ".join(parts)}


def _there(fact: Fact, told: str, otherwise: str) -> str:
    """What is told of a fact; of one that not every row has only where it is there."""
    return told if fact.sparse is None else f"(isValid({fact.sparse}) ? {told} : {otherwise})"
