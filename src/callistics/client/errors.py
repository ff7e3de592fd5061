"""What can go wrong with a request, as exceptions: one a status, under one tree.

```
ClientError
├─ NoAnswerError               nothing came back: no connection, cut, too slow
│  └─ NoAnswerInTimeError
├─ UnreadableAnswerError       a success that is no answer of Callistics
├─ RecordError                 a record that cannot be sent as JSON
├─ MissingPackageError         a package that is installed as an extra
├─ PictureError                an answer that has no picture
└─ StatusError                 any other status than 2xx
   ├─ BadRequestError          400
   ├─ UnauthorizedError        401
   ├─ ForbiddenError           403
   ├─ NotFoundError            404
   ├─ MethodNotAllowedError    405
   ├─ NotAcceptableError       406
   ├─ RequestTimeoutError      408
   ├─ ConflictError            409
   ├─ GoneError                410
   ├─ BodyTooLargeError        413
   ├─ UnsupportedMediaError    415
   ├─ InvalidValuesError       422
   ├─ TooManyRequestsError     429
   └─ ServerError              5xx
      ├─ InternalServerError   500
      ├─ BadGatewayError       502
      ├─ UnavailableError      503
      └─ GatewayTimeoutError   504
```
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx

from callistics.errors import CallisticsError
from callistics.model.field_error import FieldError

if TYPE_CHECKING:
    from callistics.client.receipts import Receipt

_SHOWN = 20


class ClientError(CallisticsError):
    """The base of all of them. `receipt` is what `ingest` had stored before."""

    receipt: "Receipt | None" = None


class NoAnswerError(ClientError):
    """The server could not be reached, or its answer was cut."""


class NoAnswerInTimeError(NoAnswerError):
    """The answer took longer than `timeout`."""


class UnreadableAnswerError(ClientError):
    """The status says success, but the body is none of Callistics: most likely a proxy's."""


class RecordError(ClientError, ValueError):
    """A record has a value that JSON has no form for."""


class MissingPackageError(ClientError, ImportError):
    """A package is not installed; the text says which extra brings it."""


class PictureError(ClientError):
    """There is nothing to draw."""


class StatusError(ClientError):
    """An answer other than 2xx.

    `errors` names every bad field at once: where it is (JSON pointer), what is wrong, what was
    sent. `problem` is the whole body.
    """

    def __init__(
        self,
        status: int,
        problem: Mapping[str, object],
        phrase: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.problem = problem
        self.phrase = phrase
        self.headers: Mapping[str, str] = headers or {}
        self.title = str(problem.get("title") or phrase or "Error")
        self.detail = str(problem.get("detail") or "")
        self.type = str(problem.get("type") or "about:blank")
        raw = problem.get("errors")
        listed = cast("list[object]", raw) if isinstance(raw, list) else []
        self.errors: Sequence[FieldError] = tuple(FieldError.of(one) for one in listed)
        super().__init__(text_of(f"{status} {self.title}", self.detail, self.errors))

    def __reduce__(self) -> tuple[Any, ...]:
        """How it comes out of another process; as it stands, its text alone would be kept."""
        made_of = (self.status, self.problem, self.phrase, self.headers)
        return type(self), made_of, self.__dict__

    @property
    def retry_after(self) -> str | None:
        """When to come back, as the server said it: seconds, or an HTTP date."""
        return self.headers.get("Retry-After")


class BadRequestError(StatusError):
    """400: a field, filter or name that is unknown, or of a wrong JSON type."""


class UnauthorizedError(StatusError):
    """401: no key, or one that is unknown, revoked or expired."""


class ForbiddenError(StatusError):
    """403: the key lacks the permission, or its scope leaves out what was named."""


class NotFoundError(StatusError):
    """404: nothing is there, or nothing that the key may see."""


class MethodNotAllowedError(StatusError):
    """405: the path exists, but not with this method."""


class NotAcceptableError(StatusError):
    """406: the answer is not to be had in that form."""


class RequestTimeoutError(StatusError):
    """408: the request did not arrive in time."""


class ConflictError(StatusError):
    """409: a request with the same idempotency key is still running."""


class GoneError(StatusError):
    """410: the record was erased."""


class BodyTooLargeError(StatusError):
    """413: more than the server takes at once."""


class UnsupportedMediaError(StatusError):
    """415: the body is of a type that the endpoint does not take."""


class InvalidValuesError(StatusError):
    """422: well formed, but a value is impossible; in records, any field that is wrong."""


class TooManyRequestsError(StatusError):
    """429: the key has used up its requests for now."""


class ServerError(StatusError):
    """5xx: not the request's fault."""


class InternalServerError(ServerError):
    """500: a defect in the server; its log says more."""


class BadGatewayError(ServerError):
    """502: a proxy had no answer from the server."""


class UnavailableError(ServerError):
    """503: starting, stopping, or shedding load."""


class GatewayTimeoutError(ServerError):
    """504: the query ran past its time limit."""


BY_STATUS: Mapping[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    406: NotAcceptableError,
    408: RequestTimeoutError,
    409: ConflictError,
    410: GoneError,
    413: BodyTooLargeError,
    415: UnsupportedMediaError,
    422: InvalidValuesError,
    429: TooManyRequestsError,
    500: InternalServerError,
    502: BadGatewayError,
    503: UnavailableError,
    504: GatewayTimeoutError,
}


def status_error(response: httpx.Response) -> StatusError:
    """The error that an answer is; its body has been read."""
    try:
        raw: object = response.json()
    except (ValueError, RecursionError):
        raw = None
    problem = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
    if response.has_redirect_location:
        place = response.headers["Location"]
        told = f"sent on to {place}, where nothing was asked: is the address that of the server?"
        problem = {"detail": told, **problem}
    return problem_error(
        problem, response.status_code, response.reason_phrase, dict(response.headers.items())
    )


def problem_error(
    problem: Mapping[str, object],
    status: int | None = None,
    phrase: str = "",
    headers: Mapping[str, str] | None = None,
) -> StatusError:
    """The error that a problem document is, with its own status unless its answer has one."""
    own = problem.get("status")
    number = status or (own if isinstance(own, int) else 0)
    otherwise = ServerError if number >= 500 else StatusError
    return BY_STATUS.get(number, otherwise)(number, problem, phrase, httpx.Headers(headers))


def text_of(title: str, detail: str, errors: Sequence[FieldError]) -> str:
    """What an error says to people: its fields where there are some, else its detail."""
    if not errors:
        return f"{title}: {detail}" if detail else title
    lines = [f"  {error.line()}" for error in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        lines.append(f"  … and {len(errors) - _SHOWN:,} more")
    return "\n".join([f"{title}:", *lines])
