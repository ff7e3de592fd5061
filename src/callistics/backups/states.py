"""States that are held for backups while their parts are fetched: the server's side."""

import hashlib
import io
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from callistics import __version__
from callistics.backups.manifest import ListedPart, State, new_id
from callistics.engines.base import Engine
from callistics.engines.dump import Dump, StoredPart
from callistics.errors import Conflict, NotFound
from callistics.model.instants import now, utc_text
from callistics.texts import counted

_GONE = "no such state is held: it was released, or nothing of it was asked for in a while"
EXPIRES_IN = 300
"""Seconds after which a state of which nothing was asked for goes."""
_TO_SECOND = len("2026-11-28T21:30:13")


@dataclass(frozen=True, slots=True)
class PartFile:
    """The open file of a part, which is gone once it is closed; its size, its checksum.

    The state stays until then.
    """

    file: IO[bytes]
    size: int
    sha256: str


class _File(io.BufferedReader):
    """A file that tells when it is closed.

    It is closed where it is dropped: nobody takes the part of a client that is gone.
    """

    def __init__(self, raw: io.FileIO, ended: Callable[[], None]) -> None:
        super().__init__(raw)
        self._ended = ended

    def close(self) -> None:
        super().close()
        self._ended()

    def __del__(self) -> None:
        self.close()


@dataclass(slots=True)
class _Held:
    """A state; `busy` has a mark for each of its parts that is being written or sent."""

    state: State
    dump: Dump
    parts: dict[str, StoredPart]
    closing: ExitStack
    asked_at: float
    busy: set[object] = field(default_factory=set[object])
    lock: threading.Lock = field(default_factory=threading.Lock)


class HeldSnapshots:
    """Holds one state at a time, for threads. `scratch` is the file that parts are written to.

    `name` is the engine's, as manifests have it.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        scratch: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._name, self._scratch = engine, name, scratch
        self._clock = clock
        self._lock = threading.Lock()
        self._opening = False
        self._held: _Held | None = None
        self.made_at: int | None = None
        """When (µs) the newest backup was made, as far as anybody knows."""

    def hold(self) -> State:
        """Hold the state as it is now. Raises `Conflict` while another is, `EngineError`."""
        self.expire()
        with self._lock:
            if self._held is not None or self._opening:
                raise Conflict(self._taken(self._held))
            self._opening = True
        try:
            held = self._opened()
            with self._lock:
                self._held = held
        finally:
            self._opening = False
        return held.state

    def part(self, state_id: str, name: str) -> PartFile:
        """The Parquet file of a part. Raises `NotFound`, `EngineError`."""
        mark = object()
        held = self._found(state_id, mark)
        ended = partial(self._let_go, held, mark)
        try:
            part = held.parts.get(name)
            if part is None:
                raise NotFound("the state has no such part")
            with held.lock:
                if self._held is not held:
                    raise NotFound(_GONE)
                return self._written(held, part, ended)
        except BaseException:
            ended()
            raise

    def release(self, state_id: str) -> State:
        """Hold a state no longer; which it was. Raises `NotFound`."""
        held = self._found(state_id)
        self._end(held)
        return held.state

    def expire(self) -> None:
        """Let the state go that nobody has asked for in a while."""
        with self._lock:
            held = self._held
            if held is None or held.busy or self._clock() - held.asked_at < EXPIRES_IN:
                return
        self._end(held)

    def stop(self) -> None:
        """Let go of any state, after what is being written of it."""
        with self._lock:
            held = self._held
        if held is not None:
            self._end(held)

    def _taken(self, held: _Held | None) -> str:
        """That another state is held, since when, and when it goes."""
        text = "another backup is being made: one at a time"
        if held is None:
            return f"{text}; it is just beginning"
        begun = f"{text}; it was begun at {held.state.created_at[:_TO_SECOND]}Z"
        if held.busy:
            return f"{begun}, and a part of it is being fetched right now"
        idle = int(self._clock() - held.asked_at)
        return (
            f"{begun}, last asked for {counted(idle, 'second')} ago, and is let go in"
            f" {counted(EXPIRES_IN - idle, 'second')} unless more of it is asked for"
        )

    def _opened(self) -> _Held:
        with ExitStack() as closing:
            created = now()
            dump = closing.enter_context(self._engine.dumping())
            parts = dump.parts()
            state = State(
                id=new_id(created),
                created_at=utc_text(created),
                expires_in=EXPIRES_IN,
                product=__version__,
                engine=self._name,
                engine_version=self._engine.version,
                schema=dump.schema,
                parts=tuple(_listed(part) for part in parts),
            )
            known = {part.name: part for part in parts}
            return _Held(state, dump, known, closing.pop_all(), self._clock())

    def _found(self, state_id: str, *busy: object) -> _Held:
        with self._lock:
            held = self._held
            if held is None or held.state.id != state_id:
                raise NotFound(_GONE)
            held.busy.update(busy)
            return held

    def _let_go(self, held: _Held, mark: object) -> None:
        # Without the lock: garbage is collected while the same thread has it. Whoever sees that
        # nothing is busy any more sees since when.
        held.asked_at = self._clock()
        held.busy.discard(mark)

    def _written(self, held: _Held, part: StoredPart, ended: Callable[[], None]) -> PartFile:
        path = self._scratch
        try:
            held.dump.write(part, path)
            file = _File(io.FileIO(path), ended)
        finally:
            # What is open stays until it is closed, and nothing is left then.
            path.unlink(missing_ok=True)
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        return PartFile(file, size, found)

    def _end(self, held: _Held) -> None:
        with self._lock:
            if self._held is held:
                self._held = None
        with held.lock:
            held.closing.close()


def _listed(part: StoredPart) -> ListedPart:
    return ListedPart(
        table=part.table, month=part.month, rows=part.rows, fingerprint=part.fingerprint
    )
