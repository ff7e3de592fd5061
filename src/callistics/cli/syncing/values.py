"""Values of PostgreSQL as JSON has them: numbers exactly, times with their offset if they have one.

All are read from the texts that the server writes, with the settings of `SETTINGS`.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types import TypeInfo

from callistics.files.cells import bytes_text
from callistics.model.json import NotJsonError, as_list, decode

SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
_SECONDS = {"D": 86_400, "H": 3_600, "M": 60, "S": 1}
_MONTHS = ("Y", "M")
_PART = re.compile(r"(-?[\d.]+)([YMDHS])")
_NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})
# Texts, enumerations and addresses, in the categories of pg_type.
_TEXT_CATEGORIES = frozenset("SEI")
_ARRAY = "A"


class Refused(str):
    """Why a value cannot be taken, in its place."""

    __slots__ = ()


def refusal(value: object) -> Refused | None:
    """Why a value, or one inside its list, cannot be taken."""
    if isinstance(value, Refused):
        return value
    items = as_list(value)
    found = (refusal(one) for one in items) if items is not None else ()
    return next((one for one in found if one is not None), None)


def _flag(text: str) -> object:
    return text == "t"


def _exact(text: str) -> object:
    return (
        Refused(f"{text} is no number that can be counted with") if _is_odd(text) else Decimal(text)
    )


def _double(text: str) -> object:
    return (
        Refused(f"{text} is no number that can be counted with") if _is_odd(text) else float(text)
    )


def _is_odd(text: str) -> bool:
    return text in _NOT_FINITE


def _moment(text: str) -> object:
    """`2025-01-31T23:59:59.25Z`: what has a zone is written in UTC."""
    return text.replace(" ", "T", 1).replace("+00", "Z", 1)


def _padded(text: str) -> object:
    return text.rstrip(" ")


def _json(text: str) -> object:
    try:
        return decode(text.encode())
    except NotJsonError as error:
        return Refused(str(error))


def _bytes(text: str) -> object:
    return bytes_text(bytes.fromhex(text.removeprefix("\\x")))


def seconds(text: str) -> object:
    """The seconds of an interval such as `P1DT2H3M4.5S`, a day being 24 hours."""
    if not text.startswith("P"):
        return Refused(f"{text} is no fixed time")
    days, _, clock = text.removeprefix("P").partition("T")
    total = Decimal(0)
    for number, unit in _PART.findall(days):
        if unit in _MONTHS and Decimal(number):
            return Refused(f"{text} is no fixed time: months and years differ in length")
        total += Decimal(number) * _SECONDS.get(unit, 0) if unit == "D" else 0
    total += sum(Decimal(number) * _SECONDS[unit] for number, unit in _PART.findall(clock))
    return int(total) if total == int(total) else total


_READ: Mapping[str, Callable[[str], object]] = {
    "bool": _flag,
    **dict.fromkeys(("int2", "int4", "int8", "oid"), int),
    "numeric": _exact,
    **dict.fromkeys(("float4", "float8"), _double),
    **dict.fromkeys(("timestamptz", "timestamp"), _moment),
    "interval": seconds,
    **dict.fromkeys(("json", "jsonb"), _json),
    "bytea": _bytes,
    "bpchar": _padded,
    **dict.fromkeys(("text", "varchar", "name", "char", "uuid", "date", "time", "timetz"), str),
    **dict.fromkeys(("xml", "inet", "cidr", "macaddr"), str),
}


def _loader(read: Callable[[str], object]) -> type[Loader]:
    class Reading(Loader):
        def load(self, data: Buffer) -> object:
            return read(bytes(data).decode())

    return Reading


def prepare(connection: Connection[Any]) -> None:
    """Have values written and read as is said here."""
    for name, setting in SETTINGS.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, setting))
    for name, read in _READ.items():
        connection.adapters.register_loader(name if name != "char" else '"char"', _loader(read))


_TYPE = """
SELECT t.typname, t.typcategory, e.oid, e.typname, e.typcategory
FROM pg_type t LEFT JOIN pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem WHERE t.oid = %s
"""


def is_read(connection: Connection[Any], oid: int) -> bool:
    """Whether values of a type are taken; makes them known where they are an array's."""
    row = connection.execute(_TYPE, (oid,)).fetchone()
    if row is None:
        return False
    name, category, item, item_name, item_category = row
    if category != _ARRAY:
        return _is_one(name, category)
    if not _is_one(item_name, item_category):
        return False
    TypeInfo(item_name, item, oid).register(connection)
    if item_name not in _READ:
        connection.adapters.register_loader(item, _loader(str))
    return True


def _is_one(name: str, category: str) -> bool:
    return name in _READ or category in _TEXT_CATEGORIES
