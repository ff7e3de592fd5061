"""Files that are elsewhere: behind https, or in an S3 bucket."""

import tempfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, urlsplit

import httpx

from callistics.errors import first_line
from callistics.files.lines import UnreadableError
from callistics.texts import quoted_address

_CHUNK = 1 << 20
# Of zeros a thousand times as many come out of it.
_PACKED_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
_WEB, _S3 = ("https", "http"), ("s3",)
# Of a server that says nothing for so long, nothing more is to come.
_TIMEOUT = 60.0
_ADVICE = "nothing of it was stored; try again"
_FAULTS = (httpx.HTTPError, httpx.InvalidURL, EOFError, zlib.error)


def is_remote(name: str) -> bool:
    """Whether a name is an address."""
    scheme, mark, _ = name.partition("://")
    return bool(mark) and scheme.lower() in (*_WEB, *_S3)


def shown_name(name: str) -> str:
    """A name without what may be a secret in it: the user and the query of an address."""
    if not is_remote(name):
        return name
    try:
        parts = _parts(name)
    except UnreadableError:
        return f"{name.partition('://')[0]}://…"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def file_name(name: str) -> str:
    """The last part of an address, which tells the format; other names as they are.

    Raises `UnreadableError` for an address that is none.
    """
    return PurePosixPath(_parts(name).path).name if is_remote(name) else name


def _parts(name: str) -> SplitResult:
    try:
        # A key of a bucket may have a hash in it, as these addresses have no other use for one.
        return urlsplit(name.replace("#", "%23") if name.lower().startswith("s3:") else name)
    except ValueError as error:
        raise UnreadableError(f"is no address ({error})") from error


@contextmanager
def local_copy(name: str) -> Generator[str]:
    """The path of a file on this machine, for as long as it is needed; local names as they are.

    It is fetched whole before it is read, so that nothing of one that breaks off is stored. Raises
    `UnreadableError` where it cannot be fetched.
    """
    if not is_remote(name):
        yield name
        return
    with tempfile.TemporaryDirectory(prefix="callistics-") as folder:
        path = Path(folder) / (file_name(name) or "file")
        pieces = _from_s3(name) if _parts(name).scheme in _S3 else _from_web(name)
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        yield str(path)


def _from_web(name: str) -> Iterator[bytes]:
    headers = {"Accept-Encoding": "gzip"}
    fetching = httpx.stream("GET", name, headers=headers, follow_redirects=True, timeout=_TIMEOUT)
    try:
        with fetching as answer:
            if not answer.is_success:
                what = f"{answer.status_code} {answer.reason_phrase}".strip()
                raise UnreadableError(f"the server answered {what}: look at the address")
            if answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip"):
                yield from _unpacked(answer.iter_raw(_PACKED_CHUNK))
            else:
                yield from answer.iter_bytes(_CHUNK)
    except (*_FAULTS, ImportError, ValueError) as error:
        # The last two: a proxy of the environment that cannot be used.
        what = first_line(error) or type(error).__name__
        raise UnreadableError(f"cannot be fetched ({what}): {_ADVICE}") from error


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is in gzip members; httpx leaves out all but the first, and takes any part of it.

    Raises `EOFError` where the last is cut off, `zlib.error` for what is none.
    """
    member = None
    for piece in pieces:
        left = piece
        while left:
            member = member or zlib.decompressobj(_GZIP)
            yield member.decompress(left)
            left = member.unused_data
            member = None if member.eof else member
    if member is not None:
        raise EOFError("its packed body ends too early")


def _from_s3(name: str) -> Iterator[bytes]:
    # Loaded here: other files do without Arrow.
    from callistics.files.arrow.buckets import pieces_of  # noqa: PLC0415

    try:
        yield from pieces_of(name, _CHUNK)
    except (OSError, ValueError) as error:
        # What cannot be read as an address is quoted whole, with what may be a secret in it.
        what = first_line(error).replace(quoted_address(name), shown_name(name))
        raise UnreadableError(f"cannot be fetched ({what}): {_ADVICE}") from error
