"""The state of a server, or of the database in this process, for a backup."""

import base64
import binascii
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

import click
import httpx
import msgspec

from callistics.backups.make import Fetched
from callistics.backups.manifest import ListedPart, State
from callistics.cli.client import Client
from callistics.cli.root import Failure

_read_state = msgspec.json.Decoder(State).decode
_DIGEST = ("sha-256=:", ":")
_AGAIN = "run the same command again: what has come is not fetched again"


class ServerSource:
    """Implements `backups.make.Source` by the HTTP interface. Raises `ApiError`, `Failure`."""

    def __init__(self, client: Client, *, tells: bool = True) -> None:
        self._client = client
        # Whether a backup is made of what is fetched, of which the server is to know.
        self._tells = tells

    @contextmanager
    def holding(self) -> Generator[State]:
        """The state as it is now, released at the end."""
        answer = self._client.request("POST", "/backups", expects="id")
        state = _read_state(answer.content)
        try:
            yield state
        except BaseException:
            # It goes by itself where the server cannot be told.
            with suppress(click.ClickException):
                self._client.request("DELETE", f"/backups/{state.id}")
            raise
        if self._tells:
            self._tell(state)
        else:
            self._client.request("DELETE", f"/backups/{state.id}")

    @contextmanager
    def fetching(self, state: State, part: ListedPart) -> Generator[Fetched]:
        """The file of a part."""
        # Loaded here: it takes longer than most commands.
        from callistics.exports.formats import FORMATS  # noqa: PLC0415

        path = f"/backups/{state.id}/parts/{quote(part.name, safe='')}"
        with self._client.streamed(
            path, content=None, headers={"Accept": FORMATS["parquet"].media_type}, method="GET"
        ) as answer:
            size = int(answer.headers["content-length"])
            yield Fetched(size, _digest(answer), _pieces(answer, part))

    def _tell(self, state: State) -> None:
        try:
            self._client.request("POST", f"/backups/{state.id}/made")
        except click.ClickException as error:
            text = f"Note: the backup is whole, but the server could not be told: {error.message}"
            click.echo(text, err=True)


def _pieces(answer: httpx.Response, part: ListedPart) -> Iterator[bytes]:
    try:
        yield from answer.iter_bytes(1 << 20)
    except httpx.TransportError as error:
        reason = str(error) or type(error).__name__
        raise Failure(f"{part.name} was cut off ({reason}): {_AGAIN}") from error


def _digest(answer: httpx.Response) -> str:
    """The checksum in the header, as hexadecimal digits."""
    first, last = _DIGEST
    text = answer.headers.get("content-digest", "")
    try:
        return base64.b64decode(text.removeprefix(first).removesuffix(last), validate=True).hex()
    except binascii.Error:
        raise Failure(f"the server sent no checksum, but {text!r}") from None
