"""Answers of the server that are errors, made readable."""

from collections.abc import Mapping
from typing import Any, cast

import click
import httpx

from callistics.errors import Problem, RequestError
from callistics.model.field_error import FieldError

_SHOWN = 20


class ApiError(click.ClickException):
    """An answer other than 2xx: its status, a sentence, and the fields that are wrong."""

    def __init__(self, status: int, title: str, detail: str, errors: list[FieldError]) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        super().__init__(_text(title, detail, errors))


def api_error(response: httpx.Response) -> ApiError:
    """The error that an answer is."""
    return problem_error(_problem(response), response.status_code, response.reason_phrase)


def problem_error(
    problem: Mapping[str, object], status: int | None = None, phrase: str = ""
) -> ApiError:
    """The error that a problem is, with its own status unless the answer that it came in has one.

    `phrase` is for those that have no title.
    """
    raw_errors = problem.get("errors")
    errors = cast("list[object]", raw_errors) if isinstance(raw_errors, list) else []
    own = problem.get("status")
    number = status or (own if isinstance(own, int) else 0)
    title = str(problem.get("title") or phrase or "Error")
    return ApiError(
        number,
        f"{number} {title}",
        str(problem.get("detail") or ""),
        [FieldError.of(one) for one in errors],
    )


def request_error(error: RequestError) -> ApiError:
    """The error that an error in this process would be as an answer."""
    kind, status = error.answer_type, error.answer_status
    errors = [field_error(problem) for problem in error.problems]
    return ApiError(status, f"{status} {kind.title}", error.detail, errors)


def field_error(problem: Problem) -> FieldError:
    """A bad field as an answer would name it."""
    # Loaded here: a command that talks to a server does without the server's own parts.
    from callistics.http.problems import problem_item  # noqa: PLC0415

    return FieldError.of(problem_item(problem))


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        raw = response.json()
    except ValueError:
        return {}
    return cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}


def _text(title: str, detail: str, errors: list[FieldError]) -> str:
    if not errors:
        return f"{title}: {detail}" if detail else title
    lines = [f"  {error.line()}" for error in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        lines.append(f"  … and {len(errors) - _SHOWN:,} more")
    return "\n".join([f"{title}:", *lines])
