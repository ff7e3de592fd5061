"""Where backups are kept: a folder, or what comes behind `s3://bucket/prefix`."""

import hashlib
import os
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from pyarrow import fs

from callistics.backups.manifest import BackupError
from callistics.engines.machine import write_out
from callistics.errors import first_line
from callistics.texts import quoted_address

_PIECE = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_UNFINISHED = ".unfinished"
# Nobody goes on with a file that is not finished and did not grow for so long (s).
_STALE = 3_600.0
_ADVICE = "; what is there already stays: run the same command again once that is mended"


class Place:
    """Reads and writes files by their names below an address.

    A file of a folder has its name once all of it is on the disk; an object of a bucket is there
    once all of it is. All methods raise `BackupError`.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.shown = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.scheme else address
        self.folder: Path | None = None
        if parts.scheme == "s3":
            with self._failing("be reached"):
                self._files, self._root = fs.FileSystem.from_uri(quoted_address(address))
        elif "://" in address:
            raise BackupError(f"{self.shown}: backups go to a folder or to s3://bucket/prefix")
        else:
            self.folder = Path(address).absolute()
            if self.folder.is_file():
                raise BackupError(
                    f"{self.shown} is a file: backups are in a folder, or in a bucket"
                )
            self._files, self._root = fs.LocalFileSystem(), str(self.folder)

    def is_there(self) -> bool:
        """Whether there is such a folder; of a bucket nobody can tell from an empty one."""
        with self._failing("be read"):
            return self.folder is None or self.folder.exists()

    def names(self, folder: str) -> dict[str, int]:
        """The files in a folder, and the size of each in bytes; none where there is no folder."""
        return {
            one.base_name: one.size
            for one in self._listed(folder)
            if not one.base_name.endswith(_UNFINISHED)
        }

    def clear(self, folder: str) -> None:
        """Delete what processes that were killed have left of files in a folder."""
        stale = (time.time() - _STALE) * 1e9
        for one in self._listed(folder):
            written = one.mtime_ns
            if one.base_name.endswith(_UNFINISHED) and written is not None and written < stale:
                self.delete(f"{folder}/{one.base_name}")

    def read(self, name: str) -> bytes:
        """All of a small file."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file, piece by piece."""
        with self._failing(f"give {name}"), self._files.open_input_stream(self._path(name)) as file:
            while piece := file.read(_PIECE):
                yield piece

    def sha256(self, name: str) -> str:
        """The checksum of a file's bytes, which are all read."""
        found = hashlib.sha256()
        for piece in self.pieces(name):
            found.update(piece)
        return found.hexdigest()

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file, instead of the one of that name."""
        with self._failing("be written to", writes=True), self._opened(self._path(name)) as file:
            for piece in pieces:
                file.write(piece)

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is deleted already."""
        with self._failing(f"let go of {name}", writes=True), suppress(FileNotFoundError):
            self._files.delete_file(self._path(name))

    @contextmanager
    def local(self, name: str, scratch: Path) -> Generator[Path]:
        """The path of a file on this machine, for as long as it is needed."""
        if self.folder is not None:
            yield self.folder / name
            return
        path = scratch / name.rpartition("/")[2]
        with path.open("wb") as file:
            for piece in self.pieces(name):
                file.write(piece)
        try:
            yield path
        finally:
            path.unlink()

    def _listed(self, folder: str) -> list[fs.FileInfo]:
        with self._failing("be listed"):
            chosen = fs.FileSelector(self._path(folder), allow_not_found=True)
            return [one for one in self._files.get_file_info(chosen) if one.is_file]

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _opened(self, path: str) -> Generator[Any]:
        if self.folder is not None:
            with _written_whole(Path(path)) as file:
                yield file
            return
        try:
            with self._files.open_output_stream(path) as file:
                yield file
        except BaseException:
            # To close an upload is to end it, however little came.
            with suppress(OSError):
                self._files.delete_file(path)
            raise

    @contextmanager
    def _failing(self, what: str, *, writes: bool = False) -> Generator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            number = getattr(error, "errno", None) if self.folder is not None else None
            reason = first_line(error) if number is None else os.strerror(number)
            # Where there is no folder nothing is there, nor will it be once more.
            stays = writes and (self.folder is None or self.folder.exists())
            advice = _ADVICE if stays else ""
            raise BackupError(f"{self.shown} cannot {what} ({reason}){advice}") from error


@contextmanager
def _written_whole(path: Path) -> Generator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(path.name + _UNFINISHED)
    try:
        with os.fdopen(os.open(part, _NEW, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        write_out(path.parent)
    finally:
        part.unlink(missing_ok=True)
