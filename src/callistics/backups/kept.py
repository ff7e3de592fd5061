"""The backups in a place: which there are, what they are made of, and which go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from callistics.backups.manifest import (
    ID,
    BackupError,
    Manifest,
    Part,
    UnreadableError,
    decode,
    encode,
)
from callistics.backups.place import Place
from callistics.model.instants import SECOND, parse_iso

MANIFESTS, PARTS, BEGUN = "backups", "parts", "begun"
"""The folders of manifests, of parts, and of what is known of backups that are not finished."""
Note = Callable[[int], None]
"""Is told of so many rows more that are done."""
_read_parts = msgspec.json.Decoder(list[Part]).decode
_STAMP = len("20261128T213013Z")


def part_file(sha256: str) -> str:
    """The name of the file of a part."""
    return f"{PARTS}/{sha256}.parquet"


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file of a backup."""

    backup: str
    what: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A backup whose manifest cannot be read, and why: `is cut off`."""

    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.id} cannot be read: its manifest {self.reason}"


@dataclass(frozen=True, slots=True)
class Found:
    """The backups that there are, oldest first, and those that cannot be read."""

    manifests: list[Manifest]
    unreadable: list[Unreadable]


class Kept:
    """The backups in a place. All methods raise `BackupError`."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def found(self) -> Found:
        """All of them: that one cannot be read is no hindrance to the others."""
        manifests: list[Manifest] = []
        unreadable: list[Unreadable] = []
        for backup in self._ids(MANIFESTS):
            try:
                manifests.append(self.manifest(backup))
            except UnreadableError as error:
                unreadable.append(Unreadable(backup, error.reason))
        manifests.sort(key=lambda one: (one.created_at, one.id))
        return Found(manifests, unreadable)

    def manifests(self) -> list[Manifest]:
        """Those that can be read, oldest first."""
        return self.found().manifests

    def none(self) -> str:
        """That there is no backup, and what there is instead."""
        shown = self.place.shown
        if not self.place.is_there():
            return f"{shown} is not there"
        if self.begun():
            return (
                f"{shown} has no whole backup, but one that was cut off: `callistics backup"
                f" {shown}` finishes it"
            )
        return f"{shown} has no backup"

    def manifest(self, backup: str) -> Manifest:
        """That of a backup's id."""
        if not ID.fullmatch(backup):
            raise BackupError(f"{backup}: no id of a backup; `callistics backup list` has them")
        name = f"{MANIFESTS}/{backup}.json"
        if f"{backup}.json" not in self.place.names(MANIFESTS):
            raise BackupError(f"{self.place.shown} has no backup {backup}")
        return decode(self.place.read(name), name)

    def newest(self, until: int | None = None) -> Manifest:
        """The newest, or the newest of an instant (µs) or before.

        Raises `BackupError` where that one cannot be read: no older state is taken unasked.
        """
        found = self.found()
        known = [one for one in found.manifests if until is None or _instant(one) <= until]
        least = known[-1].id[:_STAMP] if known else ""
        for one in reversed(found.unreadable):
            if one.id[:_STAMP] >= least and (until is None or _begun_at(one.id) <= until):
                raise BackupError(_newest_unreadable(one, known))
        if known:
            return known[-1]
        when = "" if until is None else " of that time or before"
        raise BackupError(f"{self.place.shown} has no backup{when}" if when else self.none())

    def save(self, manifest: Manifest) -> None:
        """Make the parts of a manifest a backup."""
        self.place.write(f"{MANIFESTS}/{manifest.id}.json", [encode(manifest)])

    def begin(self, backup: str, parts: list[Part]) -> None:
        """Note the parts of a backup that is not finished, before they are written."""
        self.place.write(f"{BEGUN}/{backup}.json", [msgspec.json.encode(parts)])

    def end(self, backups: list[str]) -> None:
        """Forget what was noted of backups, which are finished or will never be."""
        for backup in backups:
            self.place.delete(f"{BEGUN}/{backup}.json")

    def begun(self) -> dict[str, list[Part]]:
        """Parts of backups that are not finished; some may be missing, or be there in part."""
        found: dict[str, list[Part]] = {}
        for backup in self._ids(BEGUN):
            try:
                noted = self.place.read(f"{BEGUN}/{backup}.json")
                found[backup] = _read_parts(noted)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                found[backup] = []
        return found

    def reusable(self) -> dict[str, Part]:
        """Parts that are there, by fingerprint: of backups, and unharmed ones of unfinished."""
        sizes = self.place.names(PARTS)

        def is_there(part: Part) -> bool:
            return sizes.get(part_file(part.sha256).rpartition("/")[2]) == part.size

        found = {
            part.fingerprint: part
            for manifest in self.manifests()
            for part in manifest.parts
            if is_there(part)
        }
        for parts in self.begun().values():
            for part in parts:
                if part.fingerprint not in found and is_there(part) and self._is_whole(part):
                    found[part.fingerprint] = part
        return found

    def verify(self, manifest: Manifest, note: Note) -> Iterator[Damage]:
        """Read every part of a backup again; what is wrong."""
        sizes = self.place.names(PARTS)
        for part in manifest.parts:
            name = part_file(part.sha256)
            if name.rpartition("/")[2] not in sizes:
                yield Damage(manifest.id, f"{part.name}: {name} is missing")
            elif not self._is_whole(part):
                yield Damage(manifest.id, f"{part.name}: {name} is damaged")
            note(part.rows)

    def prune(self, keep: int) -> tuple[int, int]:
        """Delete all but the newest backups, then the parts that none has any more; how many each.

        One that is cut off has deleted no part that a backup needs, and the next one finishes it.
        What one that was killed has left of a file goes too: personal data may be in it.
        A backup that cannot be read goes with those that are as old; until then no part goes, as
        it is not known which it needs.
        """
        for folder in (MANIFESTS, BEGUN, PARTS):
            self.place.clear(folder)
        # One that is made meanwhile notes its parts, writes them, saves its manifest and forgets
        # the note: in this order each part that is listed is found in the note or the manifest.
        there, begun, found = self.place.names(PARTS), self.begun(), self.found()
        manifests = found.manifests
        going = [one.id for one in manifests[: max(len(manifests) - keep, 0)]]
        newest = max((one[:_STAMP] for one in going), default="")
        lost = [one.id for one in found.unreadable if one.id[:_STAMP] <= newest]
        for backup in [*going, *lost]:
            self.place.delete(f"{MANIFESTS}/{backup}.json")
        if len(lost) < len(found.unreadable):
            return len(going) + len(lost), 0
        needed = {part.sha256 for one in manifests[len(going) :] for part in one.parts}
        needed |= {part.sha256 for parts in begun.values() for part in parts}
        files = {part_file(sha256).rpartition("/")[2] for sha256 in needed}
        loose = [name for name in there if name not in files]
        for name in loose:
            self.place.delete(f"{PARTS}/{name}")
        return len(going) + len(lost), len(loose)

    def _is_whole(self, part: Part) -> bool:
        return self.place.sha256(part_file(part.sha256)) == part.sha256

    def _ids(self, folder: str) -> list[str]:
        names = (name.removesuffix(".json") for name in self.place.names(folder))
        return sorted(name for name in names if ID.fullmatch(name))


def _instant(manifest: Manifest) -> int:
    return parse_iso(manifest.created_at).local


def _begun_at(backup: str) -> int:
    """When (µs) a backup was begun, to the second, by its id."""
    moment = datetime.strptime(backup[:_STAMP], "%Y%m%dT%H%M%S%z")
    return int(moment.timestamp()) * SECOND


def _newest_unreadable(one: Unreadable, known: list[Manifest]) -> str:
    text = f"The newest backup {one}"
    return f"{text}. Restore the one before with `--backup {known[-1].id}`" if known else text
