"""Every error that reaches a client, and how several problems of one request become one answer.

CallisticsError
 ├─ SettingsError            a setting is wrong; the server does not start
 ├─ EngineError              the engine could not be opened or failed
 └─ RequestError             an answer other than 2xx, of a `ProblemType`
     ├─ Refused              400, 403, 410 or 422 with the list of problems
     ├─ Unauthorized         401
     ├─ Forbidden            403
     ├─ NotFound             404
     ├─ NotAcceptable        406
     ├─ TooSlow              408
     ├─ Conflict             409
     ├─ TooLarge             413
     ├─ UnsupportedMedia     415
     ├─ RateLimited          429
     ├─ ClientLeft           499, seen in the log alone
     ├─ Unavailable          503
     │   └─ StorageFailed    503 where the disk is to blame
     └─ TimedOut             504
"""

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache
from itertools import islice
from typing import ClassVar, Final

from callistics import problem_types
from callistics.problem_types import ProblemType
from callistics.texts import install

MOST_HINTS = 20
"""How many unknown names of one object are compared with those that are known."""
MOST_NAMES = 1_000
"""How many unknown names of one object are told."""


class CallisticsError(Exception):
    """Root of every error that people are told of in words of its own."""


class SettingsError(CallisticsError):
    """A setting is unknown or has a value it cannot have."""


class EngineError(CallisticsError):
    """The storage engine could not be opened, or refused a statement."""


class ProblemKind(IntEnum):
    """What is wrong with one field; the value is the status it leads to."""

    MALFORMED = 400
    FORBIDDEN = 403
    GONE = 410
    INVALID = 422


class _Nothing(Enum):
    """One object, in whichever process."""

    NOTHING = "nothing"


NOTHING: Final[object] = _Nothing.NOTHING
"""The value of a problem where nothing was sent; None is a null that was."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad field: where it is (JSON pointer), what is wrong, what was sent."""

    kind: ProblemKind
    pointer: str
    message: str
    value: object = NOTHING


def malformed(pointer: str, message: str, value: object = NOTHING) -> Problem:
    """A field of the wrong type or name (400)."""
    return Problem(ProblemKind.MALFORMED, pointer, message, value)


def forbidden(pointer: str, message: str, value: object = NOTHING) -> Problem:
    """A field that names something outside the key's scope (403)."""
    return Problem(ProblemKind.FORBIDDEN, pointer, message, value)


def gone(pointer: str, message: str, value: object = NOTHING) -> Problem:
    """A field that names what was erased (410 by itself, 422 among other records)."""
    return Problem(ProblemKind.GONE, pointer, message, value)


def invalid(pointer: str, message: str, value: object = NOTHING) -> Problem:
    """A well-formed field with an impossible value (422)."""
    return Problem(ProblemKind.INVALID, pointer, message, value)


def pointer(*steps: str | int) -> str:
    """JSON pointer (RFC 6901) of a path: `pointer("filters", "a/b")` is `/filters/a~1b`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint like `, did you mean "merchant_id"?`, in any case; empty where none is close."""
    return _hint(name[:128].casefold(), tuple(sorted(known, reverse=True)))


@lru_cache(maxsize=4096)
def _hint(folded: str, known: tuple[str, ...]) -> str:
    names = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(folded, names, n=1, cutoff=0.75)
    return f', did you mean "{names[close[0]]}"?' if close else ""


def unknown_names(
    given: Iterable[str], known: Collection[str], otherwise: str = ""
) -> Iterator[tuple[str, str]]:
    """The names that are not known, each with a hint as of `did_you_mean`, or else `otherwise`.

    Only the first `MOST_HINTS` are compared: what is close takes far longer to find than all else.
    No more than `MOST_NAMES` are told.
    """
    unknown = (name for name in given if name not in known)
    for index, name in enumerate(islice(unknown, MOST_NAMES)):
        hint = did_you_mean(name, known) if index < MOST_HINTS else ""
        yield name, hint or otherwise


class RequestError(CallisticsError):
    """A request that is answered with an error status (RFC 9457 problem).

    It may be sent again after `retry_after` seconds; unless given, after those of its class.
    """

    type: ClassVar[ProblemType] = problem_types.INTERNAL_ERROR
    retry_after: int | None = None

    def __init__(
        self, detail: str, problems: Sequence[Problem] = (), *, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)
        if retry_after is not None:
            self.retry_after = retry_after

    @property
    def answer_type(self) -> ProblemType:
        """The kind of error that is answered."""
        return self.type

    @property
    def answer_status(self) -> int:
        """The HTTP status of the answer."""
        return self.answer_type.status


class Refused(RequestError):
    """One or more fields are wrong: 400 if any is malformed, else 403, else 410, else 422."""

    types: ClassVar[dict[ProblemKind, ProblemType]] = {
        ProblemKind.MALFORMED: problem_types.MALFORMED_REQUEST,
        ProblemKind.FORBIDDEN: problem_types.OUTSIDE_SCOPE,
        ProblemKind.GONE: problem_types.ERASED,
        ProblemKind.INVALID: problem_types.INVALID_VALUES,
    }

    def __init__(self, problems: Sequence[Problem], detail: str = "") -> None:
        self.kind = min(problem.kind for problem in problems)
        super().__init__(detail or _summary(problems), problems)

    @property
    def answer_type(self) -> ProblemType:
        """The type of the gravest kind among the problems."""
        return self.types[self.kind]


def _summary(problems: Sequence[Problem]) -> str:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.pointer or 'body'}: {first.message}{more}"


class Unauthorized(RequestError):
    """No key, or one that is unknown, revoked or expired."""

    type = problem_types.UNAUTHORIZED


class Forbidden(RequestError):
    """The key lacks the permission."""

    type = problem_types.FORBIDDEN


class NotFound(RequestError):
    """Nothing is there, or nothing the key may see."""

    type = problem_types.NOT_FOUND


class NotAcceptable(RequestError):
    """The answer is not to be had in any form that was asked for."""

    type = problem_types.NOT_ACCEPTABLE


class TooSlow(RequestError):
    """The body did not come in time."""

    type = problem_types.REQUEST_TIMEOUT


class Conflict(RequestError):
    """The same request is still running, or another of which there is one at a time."""

    type = problem_types.CONFLICT


class TooLarge(RequestError):
    """The body is larger than its limit."""

    type = problem_types.BODY_TOO_LARGE


class UnsupportedMedia(RequestError):
    """The body is of a type or encoding that the endpoint does not take."""

    type = problem_types.UNSUPPORTED_MEDIA_TYPE


class RateLimited(RequestError):
    """The key has used up its requests for now."""

    type = problem_types.TOO_MANY_REQUESTS
    retry_after = 1


class ClientLeft(RequestError):
    """Nobody waits for the answer any more."""

    type = problem_types.CLIENT_LEFT


class Unavailable(RequestError):
    """Not ready yet, stopping, or shedding load."""

    type = problem_types.UNAVAILABLE
    retry_after = 1


class StorageFailed(Unavailable):
    """The disk is full or does not work, or the database is being opened again after that."""

    type = problem_types.STORAGE_FAILED
    retry_after = 5


class TimedOut(RequestError):
    """The query ran past its time limit."""

    type = problem_types.QUERY_TIMED_OUT


def first_line(error: Exception) -> str:
    """What an error says in its first line, or else its name."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def not_installed(error: ModuleNotFoundError) -> str:
    """What to do where a package of the command line or the server is missing."""
    return (
        f"this needs the packages of the server, of which {error.name} is not installed:"
        f" {install('server')}"
    )
