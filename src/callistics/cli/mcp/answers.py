"""What a tool answers: exact text of a length that a model can read, or what was wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

import click
import msgspec

from callistics.cli.api_errors import ApiError
from callistics.cli.client import Client, NoAccessError, Patience
from callistics.cli.mcp.schemas import Schema
from callistics.cli.root import Failure
from callistics.errors import CallisticsError, unknown_names
from callistics.model.json import as_list, as_object

MAX_TOKENS = 25_000
"""The longest answer, in tokens of a language model."""
_BYTES_PER_TOKEN = 2
"""Few of them: figures, ids and dates are cut into shorter tokens than prose."""
MAX_BYTES = MAX_TOKENS * _BYTES_PER_TOKEN
_LONGEST_TEXT = 300
_MOST_LINES, _MOST_CHARACTERS = 20, 1_000
PATIENCE = Patience(busy=10.0, answer=120.0, late=False)
"""How long a tool waits for its server: longer, and who called it may have gone."""

Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Backend:
    """The server that answers, and the address at which people open its dashboard."""

    client: Client
    dashboard: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `properties` are the schemas of its arguments, `run` gives the JSON it answers.

    `narrow` says what makes an answer shorter, `rows` names the argument that says how many of
    its rows to give.
    """

    name: str
    title: str
    description: str
    properties: Schema
    run: Callable[[Backend, Arguments], bytes]
    narrow: str
    required: tuple[str, ...] = ()
    rows: str | None = None

    @property
    def schema(self) -> Schema:
        """The schema of its arguments."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(self.required),
            "properties": self.properties,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model reads; numbers are in it as the server wrote them, rounded by no reader."""

    text: str
    is_error: bool = False


def error_answer(text: str) -> Answer:
    """An answer that says what is wrong; what was sent, which it may tell, is shortened."""
    lines = text.splitlines()
    more = len(lines) - _MOST_LINES
    told = [_shortened(line) for line in lines[:_MOST_LINES]]
    return Answer("\n".join([*told, f"… and {more:,} more"] if more > 0 else told), is_error=True)


def _shortened(line: str) -> str:
    """A line without its middle: what is wrong comes first, what is possible last."""
    if len(line) <= 2 * _MOST_CHARACTERS:
        return line
    return f"{line[:_MOST_CHARACTERS]} … {line[-_MOST_CHARACTERS:]}"


def answer(tool: Tool, backend: Backend, arguments: Arguments) -> Answer:
    """Run a tool; whatever is wrong with what was asked is an answer too."""
    given = {name: value for name, value in arguments.items() if value is not None}
    wrong = [f"unknown argument {name}{hint}" for name, hint in _unknown(tool, given)]
    wrong += [f"{name} is required" for name in tool.required if name not in given]
    if wrong:
        return error_answer("\n".join(wrong))
    try:
        sent = tool.run(backend, given)
    except NoAccessError:
        return error_answer(_OTHER_KEY)
    except ApiError as error:
        return error_answer(_told(error))
    except (click.ClickException, CallisticsError) as error:
        return error_answer(getattr(error, "message", str(error)))
    if len(sent) > MAX_BYTES:
        return error_answer(_too_long(tool, sent))
    return Answer(sent.decode())


def _unknown(tool: Tool, given: Arguments) -> list[tuple[str, str]]:
    return list(unknown_names(given, tool.properties, f"; one of {', '.join(tool.properties)}"))


def text(arguments: Arguments, name: str) -> str | None:
    """An argument that is a text, None where it is not given. Raises `Failure`."""
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise Failure(f"{name} must be a text")
    return value


def body(value: object) -> bytes:
    """The JSON of arguments. Raises `Failure` for a number that JSON does not have."""
    try:
        return json.dumps(value, allow_nan=False).encode()
    except ValueError:
        raise Failure("a number is NaN, infinite or too large: give a finite one") from None


# An assistant is not to be sent to the files of the server's machine.
_OTHER_KEY = (
    "the access key is not known, has expired or was revoked: whoever connected this assistant has"
    " to give it another one, over HTTP in the header Authorization, else in CALLISTICS_KEY"
)


def _told(error: ApiError) -> str:
    """Every field that is wrong, each with its hint."""
    if not error.errors:
        return error.message
    return "\n".join([f"{error.title}:", *(one.line() for one in error.errors)])


def _too_long(tool: Tool, sent: bytes) -> str:
    text = (
        f"The answer has {len(sent):,} bytes, more than the {MAX_BYTES:,} (about {MAX_TOKENS:,}"
        f" tokens) that are given at once. {tool.narrow}"
    )
    rows = fitting(sent) if tool.rows else None
    return f"{text} So many rows of it fit: `{tool.rows}` {rows}." if rows else text


def shortened(value: object) -> object:
    """JSON without the ends of its long texts, as transcripts are, each with its length."""
    if isinstance(value, str):
        if len(value) <= _LONGEST_TEXT:
            return value
        return f"{value[:_LONGEST_TEXT]}… ({len(value):,} characters)"
    members = as_object(value)
    if members is not None:
        return {name: shortened(one) for name, one in members.items()}
    items = as_list(value)
    return value if items is None else [shortened(one) for one in items]


class _Rows(msgspec.Struct):
    data: list[msgspec.Raw] | None = None


_read_rows = msgspec.json.Decoder(_Rows).decode


def fitting(sent: bytes) -> int:
    """How many of the rows of an answer fit into one, beside what comes with them."""
    rows = _read_rows(sent).data or []
    lengths = [len(bytes(row)) + 1 for row in rows]
    left = MAX_BYTES - (len(sent) - sum(lengths))
    return sum(1 for end in accumulate(lengths) if end <= left)
