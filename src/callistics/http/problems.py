"""Every error as `application/problem+json` (RFC 9457): one table, one shape."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from callistics.errors import NOTHING, Problem, RequestError
from callistics.http.answer import Answer
from callistics.http.request_notes import note_problem, route_of
from callistics.model.shown import shown
from callistics.problem_types import ProblemType, problem_type

MEDIA_TYPE = "application/problem+json"
NO_TYPE = "about:blank"
"""The `type` of a status of HTTP that is no kind of error of the product's own (RFC 9457)."""

_log = structlog.get_logger("callistics.http")


def problem_body(kind: ProblemType, detail: str, problems: Sequence[Problem] = ()) -> bytes:
    """The body of an error answer."""
    return _body(kind.uri, kind.title, kind.status, detail, problems)


def _body(
    uri: str, title: str, status: int, detail: str, problems: Sequence[Problem] = ()
) -> bytes:
    body: dict[str, object] = {
        "type": uri,
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [problem_item(problem) for problem in problems],
    }
    return json.dumps(body, ensure_ascii=False).encode(errors="replace")


def problem_item(problem: Problem) -> dict[str, object]:
    """One bad field; without a value where nothing was sent."""
    item: dict[str, object] = {"pointer": problem.pointer, "message": problem.message}
    if problem.value is not NOTHING:
        item["value"] = shown(problem.value)
    return item


def respond(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """An error answer."""
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


class _Item(msgspec.Struct):
    pointer: str


class _Body(msgspec.Struct):
    errors: list[_Item]


_read_body = msgspec.json.Decoder(_Body).decode


def note_problem_body(request: Request[Any, Any, Any], status: int, body: bytes) -> None:
    """Have the request's line of log say why it is refused, of a body that was made before."""
    kind = problem_type(status)
    fields = [item.pointer for item in _read_body(body).errors]
    note_problem(request.scope, kind.name if kind else str(status), None, fields)


def on_request_error(request: Request[Any, Any, Any], error: RequestError) -> Response[bytes]:
    """An error the product raised on purpose."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if error.answer_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.answer_status == HTTPStatus.REQUEST_TIMEOUT:
        # What is still to come of the body is not read.
        headers["Connection"] = "close"
    fields = [problem.pointer for problem in error.problems]
    detail = None if error.problems else error.detail
    note_problem(request.scope, error.answer_type.name, detail, fields)
    body = problem_body(error.answer_type, error.detail, error.problems)
    return respond(body, error.answer_status, headers)


def closing_problem(error: RequestError) -> ASGIApp:
    """What answers any request with an error, then closes its connection."""
    body = problem_body(error.answer_type, error.detail, error.problems)
    headers = {"Connection": "close", "Retry-After": str(error.retry_after or 1)}
    return Answer(body, error.answer_status, MEDIA_TYPE, headers)


def on_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """An error of the framework: no such path, no such method."""
    status, title = error.status_code, HTTPStatus(error.status_code).phrase
    detail = error.detail if status < HTTPStatus.INTERNAL_SERVER_ERROR else title
    kind = problem_type(status)
    body = _body(NO_TYPE, title, status, detail) if kind is None else problem_body(kind, detail)
    return respond(body, status, error.headers)


def on_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything unforeseen: logged in full, answered without any of it."""
    return respond(unexpected_body(error, route_of(request.scope)), RequestError.type.status)


def unexpected_body(error: Exception, route: str) -> bytes:
    """Log an error that nobody foresaw; the body that is answered says nothing of it."""
    _log.error("unexpected error", route=route, exc_info=error)
    return problem_body(RequestError.type, "an unexpected error occurred; it has been logged")


HANDLERS: Mapping[Any, Any] = {
    RequestError: on_request_error,
    HTTPException: on_http_error,
    Exception: on_any_error,
}
