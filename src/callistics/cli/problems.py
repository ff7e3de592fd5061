"""Answers of the server that are errors, made readable."""

import json
from dataclasses import dataclass
from typing import Any, cast

import click
import httpx

_SHOWN = 20
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field of an answer: JSON pointer, sentence, and the value sent (None: not given)."""

    pointer: str
    message: str
    value: object = None

    @classmethod
    def of(cls, raw: object) -> "FieldError":
        """From an element of `errors`, whatever a proxy in between made of it."""
        found = cast("dict[str, object]", raw) if isinstance(raw, dict) else {"message": raw}
        return cls(str(found.get("pointer", "")), str(found.get("message", "")), found.get("value"))

    @property
    def steps(self) -> list[str]:
        """The pointer taken apart."""
        parts = self.pointer.split("/")[1:]
        return [part.replace("~1", "/").replace("~0", "~") for part in parts]

    def below(self, depth: int) -> "FieldError":
        """The same without the first steps of the pointer."""
        rest = "".join(f"/{part}" for part in self.pointer.split("/")[1 + depth :])
        return FieldError(rest, self.message, self.value)

    def line(self) -> str:
        """`/filters/date_from: not a date (was "x")`."""
        where = f"{self.pointer}: " if self.pointer else ""
        return f"{where}{self.message}{self._was()}"

    def _was(self) -> str:
        if self.value is None:
            return ""
        text = json.dumps(self.value, ensure_ascii=False, default=str)
        return f" (was {text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '…'})"


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
    raw = _problem(response)
    raw_errors = raw.get("errors")
    errors = cast("list[object]", raw_errors) if isinstance(raw_errors, list) else []
    title = str(raw.get("title") or response.reason_phrase or "Error")
    return ApiError(
        response.status_code,
        f"{response.status_code} {title}",
        str(raw.get("detail") or ""),
        [FieldError.of(one) for one in errors],
    )


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
