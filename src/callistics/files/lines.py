"""What every format of file is read into: numbered records."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast

import msgspec

from callistics.model.field_error import FieldError
from callistics.model.json import as_list, as_object

CUT_IN_IT = ", and the file ends in it: if it was cut off, fetch it again and import it whole"
"""What to say behind what is wrong with a line that has no end."""
_PAYLOAD = "payload"


class UnreadableError(Exception):
    """A file that cannot be read on as what it should be; says where and why."""


class Line(NamedTuple):
    """A record with its place in the file, or what is wrong with it.

    `body` is one line of JSON, as bytes, or the record, of values as Python's JSON has them and
    Decimals.
    """

    number: int
    body: object
    wrong: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is a line of JSON."""
        return isinstance(self.body, bytes)

    @property
    def size(self) -> int:
        """Bytes of its JSON, about as many where it is a record."""
        return _body_size(self.body)


FIELD_SIZE = 40
"""Bytes of a field of a record with its name, about; only the payload may be larger."""
# Of a value that is no text, and around each of an object's.
_USUAL_SIZE = 16


def _body_size(body: object) -> int:
    if isinstance(body, bytes):
        return len(body)
    record = as_object(body)
    return (
        size_of(body)
        if record is None
        else FIELD_SIZE * len(record) + size_of(record.get(_PAYLOAD))
    )


def size_of(value: object) -> int:
    """Bytes of a value, about."""
    if isinstance(value, bytes | str):
        return len(value)
    members, items = as_object(value), as_list(value)
    inside = items if members is None else members.values()
    return _USUAL_SIZE if inside is None else sum(_USUAL_SIZE + size_of(one) for one in inside)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that was not stored: its place in the file, and why."""

    number: int
    errors: tuple[FieldError, ...]


class Head(msgspec.Struct, gc=False):
    """What is looked at of a record on its way, where it is as it should be."""

    merchant_id: str | None = None
    call_id: str | None = None
    lead_id: str | None = None
    reseller_id: str | None = None
    started_at: str | None = None
    status: str | None = None
    outcome: str | None = None
    updated_at: str | None = None


_NO_PAYLOAD = msgspec.Raw(b"null")


class FitHead(Head, gc=False):
    """What else is looked at: whether values are of the types that their fields have."""

    template_id: str | None = None
    provider: str | None = None
    agent_id: str | None = None
    end_reason: str | None = None
    language: str | None = None
    currency: str | None = None
    direction: Literal["outbound", "inbound"] | None = None
    attempt: int | None = None
    duration: float | None = None
    sentiment: float | None = None
    cost: float | None = None
    test: bool | None = None
    success: bool | None = None
    answered_at: str | None = None
    ended_at: str | None = None
    created_at: str | None = None
    payload: msgspec.Raw = _NO_PAYLOAD


_decode = msgspec.json.Decoder(FitHead).decode


class _Timed(msgspec.Struct):
    updated_at: str | None = None


_decode_time = msgspec.json.Decoder(_Timed).decode


@dataclass(frozen=True, slots=True)
class Columns:
    """Records that were read a column at a time: each when it is asked for, and all their values.

    The values of a field are those of the records in order, None where it is absent; in place of a
    payload stands the `repr` of it. `absent` counts these, for all fields that are filled.
    """

    records: Sequence[object]
    values: Mapping[str, Sequence[Any]]
    absent: Mapping[str, int]

    @property
    def are_timed(self) -> bool:
        """Whether every record has an `updated_at`."""
        return self.absent.get("updated_at") == 0


@dataclass
class Batch:
    """Lines that are sent together. `numbers` are the places of those in `bodies`.

    All are JSON, or all are records; those that were read as `columns` are there instead.
    `position` is how much of the file was read with them.
    """

    numbers: list[int] = field(default_factory=list[int])
    bodies: list[object] = field(default_factory=list[object])
    bad: list[BadLine] = field(default_factory=list[BadLine])
    size: int = 0
    position: int = 0
    columns: Columns | None = None

    def add(self, line: Line, size: int | None = None) -> None:
        """Take a line, of a size that is known or not; one that is wrong already is not sent."""
        if line.wrong is not None:
            self.bad.append(BadLine(line.number, (FieldError("", line.wrong),)))
            return
        self.numbers.append(line.number)
        self.bodies.append(line.body)
        self.size += (line.size if size is None else size) + 1

    @cached_property
    def heads(self) -> list[FitHead] | None:
        """What is looked at of every record; None where one is not JSON or not as it should be."""
        texts = self.texts
        try:
            return None if texts is None else [_decode(text) for text in texts]
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    @cached_property
    def is_timed(self) -> bool:
        """Whether every record has an `updated_at`."""
        if self.columns is not None:
            return self.columns.are_timed
        if self.heads is not None:
            return all(one.updated_at is not None for one in self.heads)
        try:
            return all(_updated_at(body) is not None for body in self.bodies)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False

    @property
    def records(self) -> Sequence[object]:
        """The records, or lines of JSON, themselves."""
        return self.bodies if self.columns is None else self.columns.records

    @property
    def texts(self) -> list[bytes] | None:
        """The lines of JSON; None where they are records."""
        is_text = self.columns is None and isinstance(next(iter(self.bodies), b""), bytes)
        return cast("list[bytes]", self.bodies) if is_text else None

    def let_go(self) -> None:
        """Keep the places of the records alone: what they say was handed over."""
        self.bodies, self.heads, self.columns = [], None, None

    @property
    def first(self) -> int:
        """The first place in the file that it reaches."""
        return min([*self.numbers[:1], *(bad.number for bad in self.bad[:1])])

    @property
    def last(self) -> int:
        """The last place in the file that it reaches."""
        return max([*self.numbers[-1:], *(bad.number for bad in self.bad[-1:])])

    def halves(self) -> tuple["Batch", "Batch"]:
        """Its lines as two batches, for a server that takes less at a time."""
        middle = len(self.numbers) // 2
        places = range(len(self.numbers))
        return self._part(places[:middle]), self._part(places[middle:])

    def without(self, numbers: Container[int]) -> "Batch":
        """Its lines but for some, by their places in the file."""
        return self._part([at for at, number in enumerate(self.numbers) if number not in numbers])

    def _part(self, places: Sequence[int]) -> "Batch":
        bodies = [self.bodies[place] for place in places]
        size = sum(map(_body_size, bodies)) + len(bodies)
        return Batch([self.numbers[place] for place in places], bodies, [], size, self.position)


def _updated_at(body: object) -> object:
    if isinstance(body, bytes):
        return _decode_time(body).updated_at
    record = as_object(body) or {}
    return record.get("updated_at")


def batched(lines: Iterable[Line], most_lines: int, most_bytes: int) -> Iterator[Batch]:
    """The lines in order, as batches; only a line that is larger itself exceeds `most_bytes`.

    Where the lines break off with an `UnreadableError`, those before come first.
    """
    batch = Batch()
    try:
        for line in lines:
            full = len(batch.numbers) + len(batch.bad) >= most_lines
            size = line.size
            if full or (batch.numbers and batch.size + size >= most_bytes):
                yield batch
                batch = Batch()
            batch.add(line, size)
    except UnreadableError:
        if batch.numbers or batch.bad:
            yield batch
        raise
    if batch.numbers or batch.bad:
        yield batch
