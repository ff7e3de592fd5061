"""Records of JSON files, changed as the rules say."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from callistics.files.encode import record_line
from callistics.files.joining import joined, sources_of
from callistics.files.lines import Line
from callistics.files.mapping import PAYLOAD, Record, Rules, constant_values, path_of, put
from callistics.files.values import converter
from callistics.model.json import NotJsonError, decode
from callistics.records.fields import ALL_FIELDS

_ABSENT = object()


def changed(lines: Iterable[Line], rules: Rules) -> Iterator[Line]:
    """The lines with the rules applied; those that cannot be read or changed are marked wrong."""
    mapper = ObjectMapper(rules)
    for line in lines:
        try:
            record = decode(cast("bytes", line.body))
            if isinstance(record, dict):
                mapper.change(cast("Record", record))
        except (NotJsonError, ValueError) as error:
            yield Line(line.number, b"", str(error))
        else:
            # What is JSON but no object is passed on, for the server to refuse.
            yield record_line(line.number, cast("object", record))


class ObjectMapper:
    """Moves, sets and drops fields of decoded records; dots in a source reach into objects."""

    def __init__(self, rules: Rules) -> None:
        self._fields = ALL_FIELDS[rules.kind]
        self._rules = rules
        self._moves = [(target, source, path_of(target)) for target, source in rules.moves.items()]
        self._constants = constant_values(rules)
        self._times = [
            (name, converter(field, rules.zone))
            for name, field in self._fields.items()
            if rules.zone is not None and field.schema.get("format") == "date-time"
        ]

    def change(self, record: Record) -> None:
        """Change a record in place. Raises `ValueError` where two values want the same place."""
        names = {target: _sources(source, record) for target, source, _ in self._moves}
        sources = {name for parts in names.values() for name in parts}
        found = {name: _take(record, name) for name in sources}
        own = [name for name in sources if self._rules.fills_its_own(name)]
        record.update({name: found[name] for name in own if found[name] is not _ABSENT})
        for name in self._rules.dropped:
            _take(record, name)
        if self._rules.rest:
            self._gather_rest(record)
        for target, _, path in self._moves:
            value = self._value(target, names[target], found)
            if value is not _ABSENT:
                put(record, path, value)
        for path, value in self._constants:
            put(record, path, value)
        for name, convert in self._times:
            if name in record:
                record[name] = convert(record[name])
        self._rules.finish(record)

    def _value(self, target: str, names: tuple[str, ...], found: Record) -> object:
        if len(names) == 1:
            return found[names[0]]
        parts = [None if found[name] is _ABSENT else found[name] for name in names]
        value = joined(self._fields.get(target), names, parts)
        return _ABSENT if value is None else value

    def _gather_rest(self, record: Record) -> None:
        for name in [name for name in record if name not in self._fields]:
            payload = cast("Any", record.get(PAYLOAD))
            if isinstance(payload, dict) and name in payload:
                raise ValueError(f"{name} is in the payload already")
            put(record, (PAYLOAD, name), record.pop(name))


def _sources(source: str, record: Record) -> tuple[str, ...]:
    return sources_of(source, record.__contains__)


def _take(record: Record, source: str) -> object:
    """Remove a value and the objects it leaves empty; a literal key with dots goes first."""
    if source in record:
        return record.pop(source)
    name, dot, rest = source.partition(".")
    inner = record.get(name)
    if not dot or not isinstance(inner, dict):
        return _ABSENT
    value = _take(cast("Record", inner), rest)
    if value is not _ABSENT and not inner:
        del record[name]
    return value
