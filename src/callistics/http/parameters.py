"""Query parameters and headers of all endpoints: what nothing would read is refused."""

from collections import Counter
from collections.abc import Mapping

from callistics.errors import Problem, malformed, unknown_names
from callistics.http.services import AnyRequest
from callistics.model.parameters import refused

PARAMETERS = "parameters"
"""The option of a route that names the query parameters it takes, or those of each method.

Without it there are none.
"""

ANY = ("*",)
"""Of a page, whose own script reads them."""

_Names = tuple[str, ...]

# Of two only the first would count, and who looked at the other before would not know.
_ONCE = frozenset(
    (
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"origin",
    )
)


def _known(request: AnyRequest) -> _Names:
    known: _Names | Mapping[str, _Names] = request.route_handler.opt.get(PARAMETERS, ())
    return known.get(request.method, ()) if isinstance(known, Mapping) else known


async def check_request(request: AnyRequest) -> None:
    """Raises `Refused` for each parameter that is unknown, and what is given twice."""
    problems = _wrong_parameters(request) if request.scope["query_string"] else []
    sent = [name for name, _ in request.scope["headers"] if name in _ONCE]
    if len(set(sent)) < len(sent):
        problems += [
            malformed("", f"the header {name.decode()} is given {times} times")
            for name, times in Counter(sent).items()
            if times > 1
        ]
    if problems:
        raise refused(problems)


def _wrong_parameters(request: AnyRequest) -> list[Problem]:
    known = _known(request)
    if known == ANY:
        return []
    given = Counter(name for name, _ in request.query_params.multi_items())
    problems = [
        malformed("", f"unknown query parameter {name[:100]}{hint}")
        for name, hint in unknown_names(given, known)
    ]
    return problems + [
        malformed("", f"the query parameter {name} is given {times} times")
        for name, times in given.items()
        if name in known and times > 1
    ]
