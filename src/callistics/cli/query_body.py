"""Queries as they are typed, as bodies of `POST /analytics`."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click

from callistics.catalog.filter_types import FLAG
from callistics.catalog.filters import FILTERS

Body = dict[str, Any]

_CONDITION = re.compile(r"(?s)(.+?)\s*(!=|>=|<=|=|>|<|~)\s*(.*)")
_OPERATORS = {
    "=": "eq",
    "!=": "ne",
    ">": "gt",
    ">=": "gte",
    "<": "lt",
    "<=": "lte",
    "~": "contains",
}
_SIGNS = ("=", "!", "<", ">", "~")
_BRACKETS = ("[", "{")
_LIST_OPERATORS = {"eq": "in", "ne": "not_in"}
_FLAGS = {"true": True, "false": False}
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """The options of a query as given; None and empty ones were not."""

    query_type: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    date_range: str | None = None
    merchants: tuple[str, ...] = ()
    resellers: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    granularity: str | None = None
    timezone: str | None = None
    group_by: str | None = None
    measure: str | None = None
    compare: str | None = None
    page: int | None = None
    page_size: int | None = None

    @property
    def groups(self) -> list[str]:
        """The fields of `group_by`."""
        return [name.strip() for name in (self.group_by or "").split(",") if name.strip()]

    def body(self) -> Body:
        """The body of the request. What is wrong with its values the server says."""
        body: Body = {
            "query_type": self.query_type,
            "filters": self.filters_body(),
            "granularity": self.granularity,
            "timezone": self.timezone,
            "group_by": self.groups,
            "measure": self.measure,
            "compare": self.compare,
            "page": self.page,
            "page_size": self.page_size,
        }
        return {name: value for name, value in body.items() if value not in (None, {}, [])}

    def filters_body(self) -> Body:
        """The filters of the request."""
        named = [
            *(("date_from", value) for value in (self.date_from,) if value is not None),
            *(("date_to", value) for value in (self.date_to,) if value is not None),
            *(("date_range", value) for value in (self.date_range,) if value is not None),
            *(("merchant_id", value) for value in self.merchants),
            *(("reseller_id", value) for value in self.resellers),
            *(("template_id", value) for value in self.templates),
            *(_pair(text) for text in self.filters),
        ]
        found: dict[str, list[object]] = {}
        for name, text in named:
            found.setdefault(name, []).append(filter_value(name, text))
        filters = {name: _one_or_all(name, values) for name, values in found.items()}
        if self.payload:
            if "payload_filters" in filters:
                raise click.UsageError("--payload and --filter payload_filters exclude each other")
            filters["payload_filters"] = payload_filters(self.payload)
        return filters


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(f"--filter {text}: must look like provider=TWILIO")
    return name.strip(), value


def filter_value(name: str, text: str) -> object:
    """A filter's value as its kind has it; lists and objects are written as JSON."""
    if text.lstrip().startswith(_BRACKETS):
        try:
            return json.loads(text)
        except ValueError:
            # A shell takes quotes away: outcome=["A", null] comes as two words.
            example = f"'{name}=[\"A\", null]'"
            looks = f'--filter {name}={text} looks for "{text}"'
            _note(f"{looks}, as that is no JSON; a list is {example}")
            return text
    spec = FILTERS.get(name)
    if spec is not None and spec.type is FLAG and text in _FLAGS:
        return _FLAGS[text]
    if spec is None or not spec.type.number:
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if number - number == 0 else text


def _one_or_all(name: str, values: list[object]) -> object:
    if len(values) == 1:
        return values[0]
    spec = FILTERS.get(name)
    if spec is not None and not spec.type.listed:
        raise click.UsageError(f"{name} is given {len(values)} times")
    return values


def payload_filters(texts: Iterable[str]) -> Body:
    """Conditions such as `city=Delhi` or `age>=60` as `payload_filters`.

    Values are text, which finds numbers and booleans as well. The same key may have several
    conditions: all must hold, but of several `=` any one.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for text in texts:
        match = _CONDITION.fullmatch(text)
        if match is None:
            raise click.UsageError(f"--payload {text}: must look like city=Delhi or age>=60")
        key, sign, value = match.groups()
        if value.startswith((*_SIGNS, *_BRACKETS)):
            _note(_strange(text, value))
        found.setdefault(key.strip(), {}).setdefault(_OPERATORS[sign], []).append(value.strip())
    return {key: _condition(key, operators) for key, operators in found.items()}


def _strange(text: str, value: str) -> str:
    """What a condition that is most likely a slip looks for, and how it would be written."""
    looks = f'--payload {text} looks for "{value}"'
    if value.startswith(_BRACKETS):
        return f"{looks}; for several values give --payload several times"
    return f"{looks}; comparisons are {' '.join(_OPERATORS)}"


def _note(text: str) -> None:
    """Say what is most likely a slip, as an answer that finds nothing would not tell."""
    click.echo(f"Note: {text}", err=True)


def _condition(key: str, operators: dict[str, list[str]]) -> object:
    if operators.keys() == {"eq"}:
        values = operators["eq"]
        return values[0] if len(values) == 1 else values
    condition: Body = {}
    for name, values in operators.items():
        if len(values) == 1:
            condition[name] = values[0]
        elif name in _LIST_OPERATORS:
            condition[_LIST_OPERATORS[name]] = values
        else:
            raise click.UsageError(f"--payload: {key} has the same comparison twice")
    return condition
