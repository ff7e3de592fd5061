"""The stream of synthetic records: hour by hour, in memory that does not grow with their number.

What is kept are the calls of one hour, the scores of the next three hours, and the leads waiting
for another attempt, 8 bytes each and at most `MAX_WAITING`; beyond that, leads are given up.
"""

from array import array
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

from callistics.synthetic.platform import ring, told
from callistics.synthetic.profiles import ITEMS
from callistics.synthetic.rhythm import HOURS, Calendar, Hour
from callistics.synthetic.tables import WORD_BITS, mixed, uuid_text
from callistics.synthetic.world import Template, World, build_world

UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
MAX_WAITING = 1 << 20

# A lead that is to be dialled is one number: its own 45 bits, its template, the attempt.
_ATTEMPT_BITS, _TEMPLATE_BITS = 3, 13
_LEAD_SHIFT = _ATTEMPT_BITS + _TEMPLATE_BITS
_ATTEMPT_MASK, _TEMPLATE_MASK = (1 << _ATTEMPT_BITS) - 1, (1 << _TEMPLATE_BITS) - 1

_HOUR_MS = 3_600_000
_RING_MS = 28_000
_CLOCK = tuple(f"{second // 60:02d}:{second % 60:02d}" for second in range(3_600))
_MILLIS = tuple(f".{number:03d}Z" for number in range(1_000))
_HOURS_AHEAD = 3
_SAME_DAY = (2, 2, 3, 3, 4, 5, 6, 8, 20, 22, 23, 24, 24, 25, 26, 28)
_DAYS_LATER = (20, 22, 23, 24, 24, 25, 26, 28, 44, 47, 48, 49, 52, 72, 73, 96)
_BASKETS = tuple(
    msgspec.json.encode(sorted({ITEMS[n % 8], ITEMS[n // 8]})).decode() for n in range(64)
)


class Batch(NamedTuple):
    """NDJSON lines, newline included, and how many calls among them are new."""

    lines: list[str]
    calls: int


def generate_calls(
    calls: int, seed: int, until: datetime = UNTIL, *, detailed: bool = False
) -> Iterator[dict[str, Any]]:
    """Call records as `POST /calls` takes them, by start; `calls` of them have their own id.

    Some calls are scored later: a record of `call_id`, `merchant_id`, `sentiment` and
    `updated_at` alone follows. All times are UTC and before `until`, over the 730 days up to it.
    If `detailed`, each call has its agent, language, end reason, time of answer and cost too.
    Raises `ValueError` if `calls` is negative or `until` has no offset.
    """
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    made = batches(calls, seed, until, detailed=detailed)
    return (decode(line) for batch in made for line in batch.lines)


def batches(
    calls: int, seed: int, until: datetime = UNTIL, *, merged: bool = False, detailed: bool = False
) -> Iterator[Batch]:
    """The same as lines, an hour at a time; if `merged`, each call has its late score already."""
    rng = Random(f"callistics calls {seed}")  # noqa: S311 (not for secrets)
    calendar = Calendar(calls, until, rng)
    return _batches(calendar, _Dialler(build_world(seed), calendar, rng, merged, detailed))


def _batches(calendar: Calendar, dialler: "_Dialler") -> Iterator[Batch]:
    for hour in calendar.hours():
        lines = dialler.lines(hour)
        if lines:
            yield Batch(lines, hour.calls)
    yield Batch(dialler.rest(), 0)


class _Waiting:
    """Leads to be dialled again, by hour."""

    def __init__(self) -> None:
        self._hours: dict[int, array[int]] = {}
        self._size = 0

    def add(self, index: int, lead: int) -> None:
        if index < HOURS and self._size < MAX_WAITING:
            self._hours.setdefault(index, array("Q")).append(lead)
            self._size += 1

    def take(self, index: int, most: int) -> "array[int]":
        """Up to `most` leads that are due; the others stay for the hour after."""
        due = self._hours.pop(index, array("Q"))
        taken, left = due[:most], due[most:]
        if left:
            left.extend(self._hours.get(index + 1, ()))
            self._hours[index + 1] = left
        self._size -= len(taken)
        return taken


class _Dialler:
    """Makes the calls of one hour after the other."""

    def __init__(
        self, world: World, calendar: Calendar, rng: Random, merged: bool, detailed: bool
    ) -> None:
        self._templates = world.templates
        self._draws = world.draws
        self._opens = calendar.opens
        self._bits = rng.getrandbits
        self._merged, self._detailed = merged, detailed
        self._waiting = _Waiting()
        self._late: deque[list[str]] = deque([] for _ in range(_HOURS_AHEAD))
        self._call = rng.getrandbits(100)
        self._lead = rng.getrandbits(WORD_BITS)
        self._index = 0
        self._hours: list[str] = []

    def lines(self, hour: Hour) -> list[str]:
        """The calls of the hour by start, then the scores that arrived in it."""
        self._index = hour.number
        if hour.calls:
            self._hours = [_hour_text(hour.start, ahead) for ahead in range(_HOURS_AHEAD)]
        bits, call, count = self._bits, self._line, hour.calls
        lines = [
            call(lead, (index * _HOUR_MS + bits(21)) // count)
            for index, lead in enumerate(self._leads(hour))
        ]
        lines += self._late.popleft()
        self._late.append([])
        return lines

    def rest(self) -> list[str]:
        """The scores that are still to come after the last hour."""
        return [line for lines in self._late for line in lines]

    def _leads(self, hour: Hour) -> Iterator[int]:
        """Retries that are due, evenly among new leads, which get at least a fifth."""
        count = hour.calls
        due = self._waiting.take(hour.number, count - count // 5)
        retries, step, passed = iter(due), len(due), 0
        for _ in range(count):
            passed += step
            if passed >= count:
                passed -= count
                yield next(retries)
            else:
                yield self._new_lead(hour)

    def _new_lead(self, hour: Hour) -> int:
        bits = self._bits(24)
        template = self._draws[hour.regions[bits & 255]][bits >> 8]
        self._lead += 1
        return mixed(self._lead) << _LEAD_SHIFT | template << _ATTEMPT_BITS | 1

    def _line(self, lead: int, offset: int) -> str:
        """One call of a lead, started `offset` milliseconds into the hour."""
        attempt = lead & _ATTEMPT_MASK
        template = self._templates[lead >> _ATTEMPT_BITS & _TEMPLATE_MASK]
        bits = self._bits(64)
        key, text, seconds, moods, again = template.results[attempt - 1][bits & 1023]
        if again:
            self._retry(lead, template, bits >> 60)
        self._call += 1
        call_id = uuid_text(self._call)
        ended = offset + _RING_MS
        length = None if seconds is None else seconds[bits >> 10 & 2047]
        if self._detailed:
            text += self._details(lead, template, key, length, offset)
        if length is not None:
            fraction = template.merchant.fractions[bits >> 21 & 1023]
            text = f'{text},"duration":{length}{fraction}'
            ended = offset + length * 1_000 + 1_500
            mood = moods[bits >> 31 & 1023]
            if mood and bits >> 41 & 7:
                text = f'{text},"sentiment":{mood}'
            elif mood:
                ended, text = self._score(call_id, template, mood, ended, text)
        word = lead >> _LEAD_SHIFT
        who = "" if template.inbound else f',"lead_id":"{uuid_text(word)}","attempt":{attempt}'
        provider = template.merchant.providers[bits >> 44 & 63]
        return (
            f'{{"call_id":"{call_id}",{template.ids}{who}{provider},{template.direction}'
            f',"started_at":"{self._stamp(offset)}"{text},"payload":{_payload(template, word)}'
            f',"updated_at":"{self._stamp(ended)}"}}\n'
        )

    def _details(
        self, lead: int, template: Template, key: str, length: int | None, offset: int
    ) -> str:
        bits, place = mixed(self._call), lead >> _ATTEMPT_BITS & _TEMPLATE_MASK
        word = lead >> _LEAD_SHIFT
        text = told(place, template.merchant.region, word, key, length, bits)
        if length is None:
            return text
        return f'{text},"answered_at":"{self._stamp(offset + ring(length, bits))}"'

    def _retry(self, lead: int, template: Template, bits: int) -> None:
        delays = _DAYS_LATER if lead & _ATTEMPT_MASK > 1 else _SAME_DAY
        index = self._index + delays[bits]
        if index < HOURS:
            self._waiting.add(self._opens[template.merchant.region][index], lead + 1)

    def _score(
        self, call_id: str, template: Template, mood: str, ended: int, text: str
    ) -> tuple[int, str]:
        """What a late score adds to the call itself: its new time and text."""
        scored = ended + 60_000 + self._bits(22)
        if self._merged:
            return scored, f'{text},"sentiment":{mood}'
        self._late[scored // _HOUR_MS].append(
            f'{{"call_id":"{call_id}","merchant_id":"{template.merchant.merchant_id}"'
            f',"sentiment":{mood},"updated_at":"{self._stamp(scored)}"}}\n'
        )
        return ended, text

    def _stamp(self, offset: int) -> str:
        second, millis = divmod(offset, 1_000)
        return f"{self._hours[second // 3_600]}{_CLOCK[second % 3_600]}{_MILLIS[millis]}"


def _hour_text(start: datetime, ahead: int) -> str:
    return (start + timedelta(hours=ahead)).isoformat()[: len("2026-01-01T00:")]


def _payload(template: Template, word: int) -> str:
    """The payload of a lead, the same at every attempt; one lead in eight has an order."""
    text = template.payloads[word & 4095]
    if word >> 12 & 7:
        return f"{text}}}"
    amount = ((word >> 15 & 255) + 3) * ((word >> 23 & 255) + 40)
    return f'{text},"order":{{"amount":{amount / 10},"items":{_BASKETS[word >> 31 & 63]}}}}}'
