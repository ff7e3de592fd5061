"""Which of the forms that an endpoint answers in a client prefers (RFC 9110, 12.5.1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from callistics.errors import NotAcceptable
from callistics.http.services import AnyRequest

_MEMBER = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PARAMETER = re.compile(r';\s*([^\s=;,"]+)=("(?:[^"\\]|\\.)*"|[^\s;,"]*)\s*')
_RANGE = re.compile(r"\s*([^\s;,/]+/[^\s;,/]+)\s*((?:;[^;]*)*)")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A media type, and the parameters that a client may name with it. There is one of each."""

    media_type: str
    parameters: Mapping[str, str]


JSON = Form("application/json", {"charset": "utf-8"})


@dataclass(frozen=True, slots=True)
class _Range:
    """What a client accepts, and how much it likes it, 0 to 1."""

    media: str
    parameters: Mapping[str, str]
    weight: float

    def fit(self, form: Form) -> tuple[int, int] | None:
        """How narrowly the range takes a form, None where it does not."""
        kind = form.media_type.partition("/")[0]
        place = {"*/*": 0, f"{kind}/*": 1, form.media_type: 2}.get(self.media)
        if place is None or not self.parameters.items() <= form.parameters.items():
            return None
        return place, len(self.parameters)


def accepted(request: AnyRequest, forms: tuple[Form, ...]) -> Form:
    """The form in which a request wants its answer. Raises `NotAcceptable`."""
    return preferred(request.headers.getall("accept", ()), forms)


def preferred(headers: Sequence[str], forms: tuple[Form, ...]) -> Form:
    """The form that headers `Accept` like best; of equal ones the first, as where there is none.

    What cannot be read of them counts for nothing. Raises `NotAcceptable`.
    """
    return _preferred(",".join(headers), forms)


# A client sends the same header each time.
@lru_cache(64)
def _preferred(text: str, forms: tuple[Form, ...]) -> Form:
    ranges = _ranges(text)
    if ranges is None:
        return forms[0]
    weights = [_weight(form, ranges) for form in forms]
    best = max(weights)
    if not best:
        known = ", ".join(form.media_type for form in forms)
        raise NotAcceptable(f"the answer is to be had as {known}")
    return forms[weights.index(best)]


def _weight(form: Form, ranges: Sequence[_Range]) -> float:
    """What the narrowest of the ranges that take a form says of it."""
    fits = [(fit, one.weight) for one in ranges if (fit := one.fit(form)) is not None]
    return max(fits)[1] if fits else 0


def _ranges(text: str) -> list[_Range] | None:
    """The ranges of a header, without those that cannot be read; None where it names none."""
    members = [member for member in _MEMBER.findall(text) if member.strip()]
    if not members:
        return None
    return [found for member in members if (found := _range(member)) is not None]


def _range(text: str) -> _Range | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    pairs = [(name.lower(), _unquoted(value)) for name, value in _PARAMETER.findall(found[2])]
    parameters = dict(pairs)
    weight = parameters.pop("q", "1")
    if not _WEIGHT.fullmatch(weight):
        return None
    return _Range(found[1].lower(), parameters, float(weight))


def _unquoted(value: str) -> str:
    text = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
    return text.lower()
