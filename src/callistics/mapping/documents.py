"""Records made of values of JSON: of documents that hold some, and of records as they came."""

from collections.abc import Callable, Iterator, Mapping

from callistics.mapping.mapping import Event, Mapped, RecordMapping, Rest
from callistics.mapping.paths import (
    KEY,
    PAYLOAD,
    ROOT,
    Found,
    Path,
    Record,
    find,
    holds,
    path_of,
    put,
    records_at,
    without,
)
from callistics.mapping.rule import PLAIN, FieldRule
from callistics.mapping.sources import Parts, alternatives, hashed, joined
from callistics.mapping.values import Convert, converter, word_of
from callistics.model.json import as_object
from callistics.records.field import RecordField
from callistics.records.fields import ALL_FIELDS

Get = Callable[[str], object]

_PRESENT = "*"


class DocumentMapper:
    """Makes records of documents, each by the rules of the event that it is."""

    def __init__(self, mapping: RecordMapping) -> None:
        self._mapping = mapping
        self._plain = ObjectMapper(mapping, mapping.fields)
        self._events = [(event, self._of_event(event)) for event in mapping.events]

    def _of_event(self, event: Event) -> "ObjectMapper":
        fields = {**self._mapping.fields, **event.fields}
        rules = {k: v for k, v in fields.items() if v is not None}
        return ObjectMapper(self._mapping, rules, event.order)

    def map(self, document: object) -> Iterator[Mapped]:
        """The records of a document in their order; never raises.

        Where the mapping has events and the document is none of them, it says nothing of a call.
        """
        event, mapper = self._event_of(document)
        if mapper is None:
            yield Mapped(0, None, ignored=True)
            return
        paths = self._mapping.layout.records if event is None else _paths(event, self._mapping)
        try:
            records = records_at(document, paths)
        except ValueError as error:
            yield Mapped(0, None, problem=str(error))
            return
        for index, found in enumerate(records):
            try:
                yield Mapped(index, mapper.record(found, document))
            except ValueError as error:
                yield Mapped(index, None, problem=str(error))

    def _event_of(self, document: object) -> "tuple[Event | None, ObjectMapper | None]":
        if not self._events:
            return None, self._plain
        for event, mapper in self._events:
            if all(_says(find(document, path), words) for path, words in event.when.items()):
                return event, None if event.ignored else mapper
        return None, None


def _paths(event: Event, mapping: RecordMapping) -> tuple[str, ...]:
    return mapping.layout.records if event.each is None else (event.each,)


def _says(value: object, words: tuple[str, ...]) -> bool:
    return value is not None and (_PRESENT in words or word_of(value) in words)


class _Rule:
    """A rule with all that can be worked out before there is a record."""

    def __init__(
        self, target: str, field: RecordField | None, rule: FieldRule, convert: Convert
    ) -> None:
        self.target, self.field, self.rule, self.convert = target, field, rule, convert
        self.path: Path = path_of(target)
        self.sources = rule.sources or (target,)
        self.constant = None if rule.value is None else convert(rule.value)

    def parts(self, record: Record) -> list[Parts]:
        """The columns of each alternative, in order."""
        return [one for source in self.sources for one in alternatives(source, record.__contains__)]


class ObjectMapper:
    """Makes records of objects by the rules given; the objects stay as they are.

    `order` is that of the event that the objects are of.
    """

    def __init__(
        self, mapping: RecordMapping, fields: Mapping[str, FieldRule], order: int = 0
    ) -> None:
        known, reading = ALL_FIELDS[mapping.kind], mapping.reading
        self._mapping, self._nulls, self._order = mapping, reading.nulls, order
        self._rules = [
            _Rule(target, known.get(target), rule, converter(known.get(target), rule, reading))
            for target, rule in sorted(fields.items(), key=lambda one: len(path_of(one[0])))
        ]
        # Ids may be made of other fields, so these come first.
        self._rules.sort(key=lambda one: bool(one.rule.hashed))
        self._own = {name: converter(field, PLAIN, reading) for name, field in known.items()}
        self._takes_all = not mapping.same_names and mapping.rest is Rest.DROP

    def record(self, found: Found, document: object) -> Record:
        """The record of an object within a document. Raises `ValueError` with a sentence."""
        given = as_object(found.value)
        if given is None:
            raise ValueError("a record must be an object")
        made = {} if self._takes_all else self._kept(given)

        def get(name: str) -> object:
            return self._get(name, given, found, document)

        for rule in self._rules:
            self._fill(made, rule, given, get)
        self._mapping.finish(made, self._order)
        return made

    def _get(self, name: str, given: Record, found: Found, document: object) -> object:
        if name == KEY:
            return found.key
        if name.startswith(ROOT):
            value = find(document, name.removeprefix(ROOT))
        else:
            value = find(given, name)
        return None if value == "" and not self._mapping.keeps_blanks else value

    def _fill(self, made: Record, rule: _Rule, given: Record, get: Get) -> None:
        value = self._value(made, rule, given, get)
        if value is not None:
            put(made, rule.path, value)
        elif self._mapping.keeps_blanks and self._is_null(rule, given):
            put(made, rule.path, None)

    def _is_null(self, rule: _Rule, given: Record) -> bool:
        """Whether there is a null of JSON that clears the field."""
        if rule.rule.value is not None or rule.rule.hashed:
            return False
        found = rule.parts(given)
        return len(found) == 1 and len(found[0]) == 1 and holds(given, found[0][0])

    def _value(self, made: Record, rule: _Rule, given: Record, get: Get) -> object:
        if rule.rule.hashed:
            return hashed([self._part(name, made, get) for name in rule.rule.hashed], self._nulls)
        if rule.constant is not None:
            return rule.constant
        for names in rule.parts(given):
            value = joined(rule.field, names, [get(name) for name in names])
            if value is not None:
                value = _converted(rule, value)
            if value is not None:
                return value
        default = rule.rule.absent_as
        return None if default is None else rule.convert(default)

    def _part(self, name: str, made: Record, get: Get) -> object:
        """What an id is made of: a field as it was read, or a value as it came."""
        own = find(made, name)
        return own if self._mapping.reads_own(name) else _either(get(name), own)

    def _kept(self, given: Record) -> Record:
        """What stays where it is, and the rest where the mapping wants it."""
        left = given
        for rule in self._rules:
            for name in (name for parts in rule.parts(given) for name in parts):
                if not self._mapping.fills_its_own(name):
                    left = without(left, name)
        for name in self._mapping.dropped:
            left = without(left, name)
        made: Record = {}
        others: list[str] = []
        for name, value in left.items():
            if self._mapping.same_names and name in self._own:
                made[name] = None if value is None else self._own_value(name, value)
            else:
                others.append(name)
        for name in others:
            self._keep_other(made, name, left[name])
        return made

    def _own_value(self, name: str, value: object) -> object:
        try:
            return self._own[name](value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def _keep_other(self, made: Record, name: str, value: object) -> None:
        rest = self._mapping.rest
        if rest is Rest.PAYLOAD:
            payload = as_object(made.get(PAYLOAD))
            if payload is not None and name in payload:
                raise ValueError(f"{name} is in the payload already")
            put(made, (PAYLOAD, name), value)
        elif rest is Rest.REFUSE:
            if not self._mapping.same_names:
                raise ValueError(f"{name} is neither mapped nor dropped")
            # The server refuses it, with what may have been meant.
            made[name] = value


def _either(value: object, other: object) -> object:
    return other if value is None else value


def _converted(rule: _Rule, value: object) -> object:
    try:
        return rule.convert(value)
    except ValueError as error:
        raise ValueError(f"{rule.target}: {error}") from None
