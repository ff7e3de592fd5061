"""Reading the hours of an alert: `{"from": "22:00", "to": "07:00", "days": [1, 2, 3, 4, 5]}`."""

import re

from callistics.errors import Problem, invalid, malformed, pointer
from callistics.model.alerts import Hours
from callistics.model.bodies import unknown_fields
from callistics.model.json import as_list, as_object, whole_number

FIELDS = ("from", "to", "days")
MOST = 20
"""So many hours may be listed."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")
_DAYS = tuple(range(1, 8))


def parse_hours(name: str, value: object, problems: list[Problem]) -> tuple[Hours, ...]:
    """A list of hours; what is wrong is added to `problems`."""
    if value is None:
        return ()
    items = as_list(value)
    if items is None:
        problems.append(malformed(pointer(name), "must be a list of objects", value))
        return ()
    if len(items) > MOST:
        problems.append(invalid(pointer(name), f"has more than {MOST} elements"))
    found = [_hours(pointer(name, place), item, problems) for place, item in enumerate(items)]
    return tuple(one for one in found if one is not None)


def _hours(at: str, value: object, problems: list[Problem]) -> Hours | None:
    given = as_object(value)
    if given is None:
        problems.append(malformed(at, 'must be an object such as {"from": "22:00", "to": "07:00"}'))
        return None
    problems += unknown_fields(given, FIELDS, at)
    begin, end = (_minutes(at, name, given.get(name), problems) for name in ("from", "to"))
    days = _days(f"{at}/days", given.get("days"), problems)
    if begin is None or end is None:
        return None
    if begin == end:
        message = "is the same time as from: a whole day is from 00:00 to 24:00"
        problems.append(invalid(f"{at}/to", message, given["to"]))
    return Hours(begin, end, days)


def _minutes(at: str, name: str, value: object, problems: list[Problem]) -> int | None:
    if not isinstance(value, str):
        problems.append(malformed(at + pointer(name), 'required: a time such as "22:00"', value))
        return None
    match = _TIME.fullmatch(value)
    if match is None or (name == "from" and match[3]):
        problems.append(invalid(at + pointer(name), 'must be a time such as "22:00"', value))
        return None
    hours, minutes = (int(part) for part in match.groups() if part is not None)
    return hours * 60 + minutes


def _days(at: str, value: object, problems: list[Problem]) -> tuple[int, ...]:
    if value is None:
        return _DAYS
    items = as_list(value)
    days = [day for item in items or () if (day := whole_number(item)) is not None]
    if items is None or len(days) < len(items):
        problems.append(malformed(at, "must be a list of whole numbers", value))
        return _DAYS
    if not days or not set(days) <= set(_DAYS):
        problems.append(invalid(at, "must be days of the week from 1, Monday, to 7", value))
    return tuple(sorted(set(days)))


def shown_hours(hours: Hours) -> dict[str, object]:
    """Hours as they are written."""
    return {"from": _clock(hours.begin), "to": _clock(hours.end), "days": list(hours.days)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
