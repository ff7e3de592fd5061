"""Files that are elsewhere: behind https, or in an S3 bucket."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, urlsplit

import httpx

from callistics.errors import first_line
from callistics.files.lines import UnreadableError
from callistics.texts import quoted_address

_CHUNK = 1 << 20
_WEB, _S3 = ("https", "http"), ("s3",)
# Of a server that says nothing for so long, nothing more is to come.
_TIMEOUT = 60.0
_ADVICE = "nothing of it was stored; try again"


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
    try:
        with httpx.stream("GET", name, follow_redirects=True, timeout=_TIMEOUT) as answer:
            if not answer.is_success:
                what = f"{answer.status_code} {answer.reason_phrase}".strip()
                raise UnreadableError(f"the server answered {what}: look at the address")
            yield from answer.iter_bytes(_CHUNK)
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError) as error:
        # The last two: a proxy of the environment that cannot be used.
        what = first_line(error) or type(error).__name__
        raise UnreadableError(f"cannot be fetched ({what}): {_ADVICE}") from error


def _from_s3(name: str) -> Iterator[bytes]:
    # Loaded here: other files do without Arrow.
    from callistics.files.arrow.buckets import pieces_of  # noqa: PLC0415

    try:
        yield from pieces_of(name, _CHUNK)
    except (OSError, ValueError) as error:
        # What cannot be read as an address is quoted whole, with what may be a secret in it.
        what = first_line(error).replace(quoted_address(name), shown_name(name))
        raise UnreadableError(f"cannot be fetched ({what}): {_ADVICE}") from error
