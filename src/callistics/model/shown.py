"""Values that were sent, as they are shown to people."""

import json
from decimal import Decimal

_MAX_SHOWN = 200


def shown(value: object) -> object:
    """What was sent, as JSON; what is long is cut, and becomes a text thereby.

    A number that a 64-bit one would not give back is a text as well, so that readers see all of it.
    """
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = _number(value)
        return _cut(number) if isinstance(number, str) else number
    text = json.dumps(value, ensure_ascii=False, default=_number)
    return json.loads(text) if len(text) <= _MAX_SHOWN else _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def _number(value: int | Decimal) -> int | float | str:
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    number = float(value)
    same = number - number == 0 and Decimal(repr(number)) == value
    return number if same else str(value).lower()
