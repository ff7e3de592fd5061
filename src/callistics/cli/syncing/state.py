"""How far a sync has come, kept in a file, and the lock that lets it run once at a time."""

import fcntl
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from callistics.cli.root import Failure

_FORMAT = 1
HERE = "this machine"
"""The target where the state file itself says which database it is of."""
_ADDRESS = "://"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Position:
    """The last row that was stored: its value of the cursor and of the columns that break ties.

    All are texts as PostgreSQL writes them.
    """

    cursor: str
    tie: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a position is of; no part of it is secret.

    `types` are those of the cursor and the tie, none in a file that does not say.
    """

    source: str
    cursor: str
    tie: tuple[str, ...]
    kind: str
    target: str
    types: tuple[str, ...] = ()


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    identity: Identity
    position: Position


_read_kept = msgspec.json.Decoder(_Kept).decode


class StateFile:
    """Keeps the position of one sync, durably."""

    def __init__(self, path: Path, identity: Identity) -> None:
        self.path = path
        self._identity = identity

    def read(self) -> Position | None:
        """The position, None before the first run. Raises `Failure` for what is another sync's."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            kept = _read_kept(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self.damaged(str(error)) from None
        if kept.format != _FORMAT:
            raise Failure(f"{self.path}: written by another version{_OVER}")
        self._check(kept.identity)
        if len(kept.position.tie) != len(self._identity.tie):
            raise self.damaged("its position is not whole")
        return kept.position

    def damaged(self, why: str) -> Failure:
        """The error for a file whose position cannot be gone on from."""
        return Failure(f"{self.path}: not the state of a sync ({why}){_OVER}")

    def _check(self, found: Identity) -> None:
        before, now = asdict(found), asdict(self._identity)
        if not found.types or (found.cursor, found.tie) != (now["cursor"], now["tie"]):
            # Nobody said; or it is clear that those of other columns are others.
            before["types"] = now["types"]
        if found.target == HERE and _ADDRESS not in self._identity.target:
            before["target"] = now["target"]
        changed = [name for name in now if before[name] != now[name]]
        other = [f"{name} {_shown(before[name])}, not {_shown(now[name])}" for name in changed]
        if other:
            raise Failure(
                f"{self.path} is of another sync ({'; '.join(other)}): give this one a name with"
                f" --name or a file with --state{_OVER}"
            )

    def write(self, position: Position) -> None:
        """Keep a position in the place of the one before."""
        kept = _Kept(_FORMAT, self._identity, position)
        part = self.path.with_name(self.path.name + ".part")
        with part.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


_OVER = "; or remove the file to read the table from its beginning"


def target_of(engine: str, database: Path | None, *, beside: bool) -> str:
    """Which database records go into, without user and password; `beside` it the file lies."""
    if database is None:
        parts = urlsplit(engine)
        port = "" if parts.port is None else f":{parts.port}"
        return f"{parts.hostname or ''}{port}{parts.path}"
    return HERE if beside else str(database.resolve())


def state_file(database: Path | None, name: str) -> Path:
    """Where a sync of a name keeps its position: beside the database, else in this folder."""
    safe = _UNSAFE.sub("_", name)
    if database is None:
        return Path.cwd() / f"callistics.sync-{safe}.json"
    return database.with_name(f"{database.name}.sync-{safe}.json")


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock of a state file, no longer than the process lives. Raises `Failure`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"this sync is running already: another process holds {file.name}"
            ) from None
        yield
