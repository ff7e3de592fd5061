"""Changes samples at random into inputs that decoders may not have seen: as bytes, and as JSON."""

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

LONGEST = 1 << 15
_MOST_CHANGES = 5
_RAW = "\ue000raw:"
_IS_RAW = re.compile(rf'"{_RAW}((?:[^"\\]|\\.)*)"')
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{1,40}|[0-9][0-9:.TZ+-]*")
# Texts of JSON that are unlike what people send: too large, too deep, too fine, or half.
_ODD_JSON = (
    *("null", "true", "false", "0", "-0", "-0.0", "-1", "1.5", "1e400", "-1e-400", "1E+2", "1e308"),
    *(
        "9007199254740993",
        "9223372036854775808",
        "-9223372036854775809",
        "1" * 310,
        "0." + "3" * 60,
    ),
    *('""', '" "', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"a\\u0301"', '"\\ufeff"', "NaN"),
    *("Infinity", "[]", "{}", "[[]]", "[null]", '{"":null}', "[" * 60 + "]" * 60, "[" * 2_000),
    *('"' + "x" * 600 + '"', '"' + "\U0001f600" * 300 + '"', '{"a":1,"a":2}', "01", "1.", '"\\x"'),
)
_ODD_TEXTS = (
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2025-02-30", "2025-W53-7", "1e5"),
    *("0000-00-00", "24:00", "2025-01-01T00:00:60Z", "2025-01-01T00:00:00+24:00", "20250101T00"),
    *("1970-01-01T00:00:00-23:59", "2021-10-31T01:30", "UTC", "Europe/Lisbon", "../../etc/passwd"),
    *("last_1000_years", "past_999999999_minutes", "payload.", "payload." + "k" * 129, "=1+1"),
    *("'; --", "%s", "{0}", "\x00", "\ud7ff", "\u2028", "\u0130", "\xdf", "\u0663", "inf", "nan"),
)
_ODD_BYTES = (
    *(b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\n"),
    *(
        b'"',
        b"'",
        b"\\",
        b",",
        b";",
        b"\t",
        b"=",
        b"[",
        b"{",
        b"-",
        b"%00",
        b"%zz",
        b"&&",
        b"\x1f\x8b",
    ),
    *(
        b"\x28\xb5\x2f\xfd",
        b"PAR1",
        b"ARROW1",
        b"PK\x03\x04",
        b"\xff\xff\xff\xff",
        b"\x80\x00\x00\x00",
    ),
)


class Mutation:
    """Makes inputs of samples; what it takes for words are those of the first ones."""

    def __init__(self, chance: random.Random, samples: Sequence[bytes]) -> None:
        self._chance = chance
        words = {word for sample in samples for word in _WORD.findall(sample[:LONGEST])}
        self._words = sorted(words) or [b"x"]
        self._names = sorted({name for one in samples for name in _names(_read(one))})

    def made(self, samples: Sequence[bytes]) -> bytes:
        """An input of one of the samples, with a part of another now and then."""
        chance = self._chance
        data = chance.choice(samples)
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            other = chance.choice(samples)
            value = _read(data) if chance.random() < 0.6 else _Nothing
            if value is _Nothing:
                data = self._of_bytes(data, other)
            else:
                data = _written(self._of_json(value, _read(other)))
        return data[:LONGEST]

    def _of_bytes(self, data: bytes, other: bytes) -> bytes:
        chance = self._chance
        at, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        end = min(end, at + chance.choice((1, 1, 2, 4, 16, 1_000)))
        word, odd = chance.choice(self._words), chance.choice(_ODD_BYTES)
        start = chance.randint(0, len(other))
        part = other[start : start + chance.choice((1, 4, 30, 1_000))]
        flipped = bytes([data[at] ^ (1 << chance.randrange(8))]) if at < len(data) else b"\x00"
        text = chance.choice(_ODD_TEXTS).encode("utf-8", "surrogatepass")
        put = chance.choice((flipped, word, odd, part, text, b"", data[at:end] * 2))
        if chance.random() < 0.03:
            put = data[at:end] * chance.choice((20, 300))
        keeps = chance.random() < 0.3
        return data[:at] + put + data[at if keeps else max(end, at + len(flipped)) :]

    def _of_json(self, value: Any, other: Any) -> Any:
        """The value with one of its parts changed."""
        places = list(_places(value))
        if not places:
            return self._odd(value, other)
        holder, key = self._chance.choice(places)
        how: Sequence[Callable[[], None]] = (
            lambda: holder.__setitem__(key, self._odd(holder[key], other)),
            lambda: holder.__setitem__(key, self._odd(holder[key], other)),
            lambda: holder.__delitem__(key),
            lambda: self._rename(holder, key, other),
        )
        self._chance.choice(how)()
        return value

    def _rename(self, holder: Any, key: Any, other: Any) -> None:
        if isinstance(holder, list):
            holder.insert(key, self._odd(None, other))
            return
        name = self._chance.choice([*self._names, *_ODD_TEXTS[:3], ""])
        holder[name] = holder[key] if self._chance.random() < 0.5 else self._odd(None, other)

    def _odd(self, value: Any, other: Any) -> Any:
        chance = self._chance
        parts = [holder[key] for holder, key in _places(other)] if other is not _Nothing else []
        word = chance.choice(self._words).decode(errors="replace")
        return chance.choice(
            (
                _RAW + chance.choice(_ODD_JSON),
                _RAW + chance.choice(_ODD_JSON),
                chance.choice(_ODD_TEXTS),
                word,
                [value],
                [value, value],
                {word: value},
                chance.choice(parts) if parts else None,
                chance.choice(parts) if parts else word,
                chance.randint(-(2**70), 2**70),
                f"{value} ",
            )
        )


class _Nothing:
    """Stands for what is no JSON."""


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return _Nothing


def _written(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    raw = _IS_RAW.sub(lambda found: str(json.loads(f'"{found[1]}"')), text)
    return raw.encode("utf-8", "surrogatepass")


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Everything that is in a value, with what holds it."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys: Any = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found


def _names(value: Any) -> list[str]:
    return [key for _, key in _places(value) if isinstance(key, str)]
