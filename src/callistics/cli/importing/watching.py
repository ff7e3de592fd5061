"""What an import notices about its files, beyond what is wrong with single records."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec

from callistics.files.lines import Batch, Head
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.paths import PAYLOAD
from callistics.model.floats import gives_back
from callistics.model.instants import DAY, parse_iso
from callistics.model.json import as_object
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS, FIELDS

# Rows whose ids are remembered, at 24 bytes each.
_MOST_ROWS = 10_000_000
_NUMBERS_SHOWN = 5


_NAMES = Head.__struct_fields__
_Record = msgspec.defstruct("Record", [(name, Any, None) for name in _NAMES])
_decode = msgspec.json.Decoder(_Record).decode


def _looked_at(body: object, fields: Sequence[str]) -> tuple[Any, int] | None:
    """What is looked at of a record, and a hash of all of it; None where it is no object."""
    try:
        if isinstance(body, bytes):
            return _decode(body), hash(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    record = as_object(body)
    if record is None:
        return None
    get = record.get
    return _Record(*[get(name) for name in _NAMES]), _hash(record, fields)


def _hash(record: dict[str, object], fields: Sequence[str]) -> int:
    """A hash of what a record says, the same as that of its values in `Columns`."""
    payload = record.get(PAYLOAD)
    said = record if payload is None else {**record, PAYLOAD: repr(payload)}
    values = [_as_column(said.get(name)) for name in fields]
    if len(said) + values.count(None) != len(fields):
        # There are nulls, or fields that records do not have.
        values = [*said, *said.values()]
    try:
        return hash(tuple(values))
    except TypeError:
        # A list or object is where none belongs.
        return hash(repr(record))


def _as_column(value: object) -> object:
    return float(value) if isinstance(value, Decimal) and gives_back(value) else value


class Watch:
    """Looks at the records of one file as they are sent."""

    def __init__(self, name: str, mapping: RecordMapping) -> None:
        self.name = name
        self._mapping = mapping
        self._fields = tuple(ALL_FIELDS[mapping.kind])
        self.present: set[str] = set()
        self.untimed, self.empty_rows = 0, 0
        self.ending = list[str]()
        self._any_later_than_midnight = False
        self._names, self._contents, self._numbers = array("q"), array("q"), array("Q")

    def over(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches, looked at on their way."""
        for batch in batches:
            if not (self._see_columns(batch) or self._see_all(batch)):
                for number, body in zip(batch.numbers, batch.records, strict=True):
                    self._see(number, body)
            yield batch

    def _see_all(self, batch: Batch) -> bool:
        """Look at all records of a batch at a time; False where one is not as it should be."""
        heads, texts = batch.heads, batch.texts
        if heads is None or texts is None or len(self._names) + len(heads) > _MOST_ROWS:
            return False
        for name in _NAMES:
            if name not in self.present and any(getattr(one, name) is not None for one in heads):
                self.present.add(name)
        self.untimed += sum(one.updated_at is None for one in heads)
        self._see_starts(one.started_at for one in heads if one.started_at is not None)
        named = attrgetter("merchant_id", self._mapping.kind.id_field, "updated_at")
        self._names.extend([hash(named(one)) for one in heads])
        self._contents.extend(map(hash, texts))
        self._numbers.extend(batch.numbers)
        return True

    def _see_columns(self, batch: Batch) -> bool:
        """Look at the records of a batch of columns; False where it has none."""
        number = len(batch.numbers)
        if batch.columns is None or len(self._names) + number > _MOST_ROWS:
            return False
        nothing = [None] * number
        columns = {name: batch.columns.values.get(name, nothing) for name in self._fields}
        absent = batch.columns.absent
        self.present.update(name for name in _NAMES if absent.get(name, number) < number)
        self.untimed += absent.get("updated_at", number)
        self._see_starts(one for one in columns.get("started_at", ()) if one is not None)
        named = "merchant_id", self._mapping.kind.id_field, "updated_at"
        self._names.extend(map(hash, zip(*(columns[name] for name in named), strict=True)))
        self._contents.extend(map(hash, zip(*columns.values(), strict=True)))
        self._numbers.extend(batch.numbers)
        return True

    def _see(self, number: int, body: object) -> None:
        found = _looked_at(body, self._fields)
        if found is None:
            return
        record, content = found
        if len(self.present) < len(_NAMES):
            self.present.update(name for name in _NAMES if getattr(record, name) is not None)
        self.untimed += record.updated_at is None
        self._see_starts(one for one in (record.started_at,) if isinstance(one, str))
        if len(self._names) < _MOST_ROWS:
            identity = getattr(record, self._mapping.kind.id_field)
            # Of records with different times the newer one is an update.
            name = tuple(
                one if one is None or isinstance(one, str) else repr(one)
                for one in (record.merchant_id, identity, record.updated_at)
            )
            self._names.append(hash(name))
            self._contents.append(content)
            self._numbers.append(number)

    def _see_starts(self, starts: Iterable[str]) -> None:
        if not self._any_later_than_midnight:
            self._any_later_than_midnight = not all(map(self._is_midnight, starts))

    def _is_midnight(self, text: str) -> bool:
        try:
            written = parse_iso(text)
        except ValueError:
            return False
        zone = self._mapping.zone
        if zone is None or written.offset is None:
            return written.local % DAY == 0
        return zone.local(written.first) % DAY == 0

    def notes(self) -> Iterator[str]:
        """Sentences about the file."""
        if self._mapping.kind is RecordKind.CALLS:
            yield from self._about_status()
            yield from self._about_midnight()
        yield from self._about_contradictions()
        yield from self._about_hashes()
        if self.empty_rows:
            yield f"empty rows, left out: {self.empty_rows:,}."
        yield from (f"{one}." for one in self.ending)

    def _about_hashes(self) -> Iterator[str]:
        for target, rule in self._mapping.fields.items():
            if rule.hashed:
                of = ", ".join(rule.hashed)
                yield (
                    f"{target} was made of {of}: rows that are the same in all of these are one"
                    f" {self._mapping.kind.value[:-1]}."
                )

    def _about_status(self) -> Iterator[str]:
        said = "status" in self._mapping.fields
        if "status" in self.present and "outcome" not in self.present and not said:
            yield (
                "status was taken for the status of the lead, and no call has an outcome. If it"
                " says what the calls came to, use --map outcome=status; if it is the lead's,"
                " --map status=status says so."
            )

    def _about_midnight(self) -> Iterator[str]:
        if "started_at" in self.present and not self._any_later_than_midnight:
            yield (
                "every call starts at midnight. If the time is in a column of its own, join the"
                " two: --map started_at=date+time."
            )

    def _about_contradictions(self) -> Iterator[str]:
        numbers = self._contradictions()
        if numbers:
            shown = ", ".join(f"{number:,}" for number in numbers[:_NUMBERS_SHOWN])
            more = ", …" if len(numbers) > _NUMBERS_SHOWN else ""
            kind, id_field = self._mapping.kind.value[:-1], self._mapping.kind.id_field
            seen = f" (of the first {_MOST_ROWS:,} rows)" if len(self._names) == _MOST_ROWS else ""
            yield (
                f"rows that name a {kind} the file had named already, with other values, and were"
                f" merged with it: {len(numbers):,}{seen}, at lines {shown}{more}. If they are"
                f" different {kind}s, make the id of several columns: --map {id_field}=id+leg."
            )

    def _contradictions(self) -> list[int]:
        """The numbers of rows that differ from the row before of the same name."""
        # Loaded here: what is short does without.
        import numpy as np  # noqa: PLC0415

        names, contents = np.asarray(self._names), np.asarray(self._contents)
        order = np.argsort(names, kind="stable")
        same = names[order][1:] == names[order][:-1]
        other = contents[order][1:] != contents[order][:-1]
        places: list[int] = order[1:][same & other].tolist()
        return sorted(self._numbers[place] for place in places)


class Notes:
    """What was noticed about all files of an import."""

    def __init__(self, mapping: RecordMapping) -> None:
        self._mapping = mapping
        self._watches: list[Watch] = []

    def watch(self, name: str) -> Watch:
        """A watch for a file."""
        self._watches.append(Watch(name, self._mapping))
        return self._watches[-1]

    def lines(self, pending: int) -> Iterator[str]:
        """Sentences for the end of the import; that on records that wait is the last."""
        for watch in self._watches:
            yield from (f"{watch.name}: {note}" for note in watch.notes())
        yield from self._about_times()
        if pending:
            yield self._about_pending(pending)

    def _about_times(self) -> Iterator[str]:
        untimed = sum(watch.untimed for watch in self._watches)
        if self._mapping.as_of_end:
            yield "Records without updated_at are as of the end of their calls (--as-of end)."
            if untimed:
                yield f"As of their arrival, as they do not say when the call was: {untimed:,}."
        elif untimed:
            advice = " (--as-of end: as of the end of their calls)"
            hint = advice if self._mapping.kind is RecordKind.CALLS else ""
            yield f"Records without updated_at, as of their arrival{hint}: {untimed:,}."

    def _about_pending(self, pending: int) -> str:
        present = {name for watch in self._watches for name in watch.present}
        required = [field.name for field in FIELDS[self._mapping.kind].values() if field.required]
        lacking = [name for name in required if name not in present]
        why = f" (none of the files has {' or '.join(lacking)})" if lacking else ""
        return (
            "Pending, and in no figure until other records bring the required fields that they"
            f" lack{why}: {pending:,}."
        )
