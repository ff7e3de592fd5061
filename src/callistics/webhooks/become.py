"""What a body becomes: the records that its platform's mapping makes of it, with their tenants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callistics.mapping import RecordMapping
from callistics.mapping.as_of import end_of_call
from callistics.mapping.paths import find
from callistics.model.instants import utc_text
from callistics.model.json import NotJsonError, as_object
from callistics.model.webhooks import StoredEndpoint
from callistics.model.zones import Zone
from callistics.records.field_values import (
    DIRECTIONS,
    SENTIMENTS,
    Reading,
    read_duration,
    read_instant,
)
from callistics.webhooks.bodies import document_of
from callistics.webhooks.platforms import Platform

Record = dict[str, object]
WEAK_AT = "1900-01-01T00:00:00Z"
"""The time that values are as of which stand back for those of any other event."""
_WORDS = {"direction": DIRECTIONS, "sentiment": tuple(SENTIMENTS)}


@dataclass(frozen=True, slots=True)
class Became:
    """The records of calls that a body became, or why there is none.

    Without records and problems it says nothing of a call.
    """

    records: Sequence[Record] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the bodies of a platform by its mapping, as they come to an endpoint.

    Times without an offset are in the zone, unless the mapping has one of its own.
    """

    platform: Platform
    mapping: RecordMapping
    endpoint: StoredEndpoint
    zone: Zone

    def become(self, content_type: str, body: bytes) -> Became:
        """What a body becomes."""
        try:
            document = document_of(content_type, body)
        except NotJsonError as error:
            return Became(problems=(str(error),))
        records: list[Record] = []
        problems: list[str] = []
        for one in self.mapping.map(document):
            if one.problem is not None:
                problems.append(one.problem)
            elif one.record is not None:
                record = dict(one.record)
                problems += self._complete(record, document)
                records += self._in_parts(record)
        return Became((), problems) if problems else Became(records)

    def _complete(self, record: Record, document: object) -> Iterator[str]:
        """Give a record its tenants, what is kept for its payload, and its time; what is wrong."""
        for name, value, path in _tenants(self.endpoint):
            found = value if path is None else _name_at(document, path)
            if found is not None:
                record[name] = found
            elif path is not None and name != "template_id":
                yield f"{name}: there is no name at {path}"
        _keep(record, document, self.endpoint.payload_keep)
        _leave_out(record)
        if record.get("call_id") is None:
            yield "call_id: the body has none"
        if record.get("updated_at") is None:
            record["updated_at"] = end_of_call(record, self.zone)
        if record["updated_at"] is None:
            yield "updated_at: the body has no time"

    def _in_parts(self, record: Record) -> Iterator[Record]:
        """A record, and one with those of its values that any other event's go before.

        Those are words that say little, and the start where the end alone is told.
        """
        weak: Record = {}
        for name, words in self.platform.weak.items():
            value = record.get(name)
            if isinstance(value, str) and value in words:
                weak[name] = record.pop(name)
        if record.get("started_at") is None:
            start = self._guessed_start(record)
            weak |= {} if start is None else {"started_at": start}
        yield record
        if weak:
            names = ("call_id", "merchant_id", "reseller_id")
            identity = {name: record[name] for name in names if name in record}
            yield {**identity, **weak, "updated_at": WEAK_AT}

    def _guessed_start(self, record: Record) -> str | None:
        """The end of a call less its duration, where it has an end."""
        if record.get("ended_at") is None:
            return None
        reading = Reading(self.mapping.zone or self.zone, 0)
        try:
            ended = read_instant(record["ended_at"], reading)
            lasted = read_duration(record.get("duration") or 0, reading)
        except ValueError:
            return None
        return utc_text(ended - lasted * 1000)


def _tenants(endpoint: StoredEndpoint) -> Iterator[tuple[str, str | None, str | None]]:
    """Each field of tenants with its value, or the path where it is found."""
    yield "merchant_id", endpoint.merchant_id, endpoint.merchant_from
    yield "reseller_id", endpoint.reseller_id, endpoint.reseller_from
    yield "template_id", None, endpoint.template_from


def _name_at(document: object, path: str) -> str | None:
    """The text at a path; a whole number is one too."""
    found = find(document, path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found).strip() or None


def _keep(record: Record, document: object, paths: Sequence[str]) -> None:
    kept = {path: value for path in paths if (value := find(document, path)) is not None}
    if kept:
        record["payload"] = {**(as_object(record.get("payload")) or {}), **kept}


def _leave_out(record: Record) -> None:
    """Without words that a platform came to use since, which would have the call refused."""
    for name, words in _WORDS.items():
        value = record.get(name)
        if isinstance(value, str) and value.lower() not in words:
            del record[name]
    if not isinstance(record.get("success"), bool):
        record.pop("success", None)
    if record.get("cost") is None:
        record.pop("currency", None)
