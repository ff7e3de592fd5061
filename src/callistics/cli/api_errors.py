"""Answers of the server that are errors, as errors of a command."""

from collections.abc import Mapping

import click
import httpx

from callistics.client.errors import StatusError, problem_error, status_error
from callistics.errors import Problem, RequestError
from callistics.model.field_error import FieldError


class ApiError(click.ClickException):
    """An answer other than 2xx: its status, a sentence, and the fields that are wrong."""

    def __init__(self, error: StatusError) -> None:
        self.status = error.status
        self.title = f"{error.status} {error.title}"
        self.detail = error.detail
        self.errors = list(error.errors)
        super().__init__(str(error))


def api_error(response: httpx.Response) -> ApiError:
    """The error that an answer is."""
    return ApiError(status_error(response))


def problem_api_error(problem: Mapping[str, object]) -> ApiError:
    """The error that a problem among several answers is."""
    return ApiError(problem_error(problem))


def request_error(error: RequestError) -> ApiError:
    """The error that an error in this process would be as an answer."""
    # Loaded here: a command that talks to a server does without the server's own parts.
    from callistics.http.problems import problem_item  # noqa: PLC0415

    kind = error.answer_type
    items = [problem_item(one) for one in error.problems]
    problem = {"title": kind.title, "detail": error.detail, "errors": items}
    return ApiError(problem_error(problem, error.answer_status))


def field_error(problem: Problem) -> FieldError:
    """A bad field as an answer would name it."""
    # Loaded here: a command that talks to a server does without the server's own parts.
    from callistics.http.problems import problem_item  # noqa: PLC0415

    return FieldError.of(problem_item(problem))
