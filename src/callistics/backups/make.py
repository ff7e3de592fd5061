"""Making a backup: what is new of a state is fetched, the rest is in the place already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from callistics.backups.kept import Kept, Note, part_file
from callistics.backups.manifest import (
    FORMAT,
    BackupError,
    ListedPart,
    Manifest,
    Part,
    State,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The Parquet file of a part: its size in bytes, its checksum, its bytes to come."""

    size: int
    sha256: str
    pieces: Iterable[bytes]


class Source(Protocol):
    """Where a state comes from."""

    def holding(self) -> AbstractContextManager[State]:
        """The state as it is now, while the context is open; a backup was made if it ends well."""
        ...

    def fetching(self, state: State, part: ListedPart) -> AbstractContextManager[Fetched]:
        """The file of a part of a state."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and how many of its parts were fetched for it, of so many bytes."""

    manifest: Manifest
    parts: int
    size: int


def make_backup(kept: Kept, source: Source, begin: Callable[[int], Note]) -> Made:
    """Make a backup; `begin` is told of how many rows it will be.

    The manifest is written last. What a cut-off one has left is used where it is unharmed. Raises
    `BackupError`.
    """
    reusable, before = kept.reusable(), list(kept.begun())
    with source.holding() as state:
        note = begin(sum(part.rows for part in state.parts))
        fetched: list[Part] = []
        parts: list[Part] = []
        for listed in state.parts:
            part = reusable.get(listed.fingerprint)
            if part is None:
                with source.fetching(state, listed) as file:
                    part = _described(listed, file)
                    fetched.append(part)
                    # Known before it is there: nobody deletes it as one that no backup has.
                    kept.begin(state.id, fetched)
                    _take(kept, part, file.pieces)
            parts.append(part)
            note(part.rows)
        manifest = _manifest(state, parts)
        kept.save(manifest)
    kept.end([*before, *([state.id] if fetched else [])])
    return Made(manifest, len(fetched), sum(part.size for part in fetched))


def _described(listed: ListedPart, file: Fetched) -> Part:
    return Part(
        table=listed.table,
        month=listed.month,
        rows=listed.rows,
        fingerprint=listed.fingerprint,
        size=file.size,
        sha256=file.sha256,
    )


def _manifest(state: State, parts: list[Part]) -> Manifest:
    return Manifest(
        format=FORMAT,
        id=state.id,
        created_at=state.created_at,
        product=state.product,
        engine=state.engine,
        engine_version=state.engine_version,
        schema=state.schema,
        parts=tuple(parts),
    )


def _take(kept: Kept, part: Part, pieces: Iterable[bytes]) -> None:
    """Write the file of a part, and read it back."""
    name = part_file(part.sha256)
    kept.place.write(name, checked(part.name, part.sha256, pieces))
    if kept.place.sha256(name) != part.sha256:
        kept.place.delete(name)
        raise BackupError(
            f"{kept.place.shown}: {part.name} reads back otherwise than it was written: the disk"
            " or the store is not to be trusted"
        )


def checked(name: str, sha256: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a part. Raises `BackupError` at their end where its checksum is another."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if found.hexdigest() != sha256:
        raise BackupError(f"{name} came with another checksum than it was sent with")
