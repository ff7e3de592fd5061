"""The backups in a place: which there are, what they are made of, and which go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from callistics.backups.manifest import ID, BackupError, Manifest, Part, decode, encode
from callistics.backups.place import Place
from callistics.model.instants import parse_iso

MANIFESTS, PARTS, BEGUN = "backups", "parts", "begun"
"""The folders of manifests, of parts, and of what is known of backups that are not finished."""
Note = Callable[[int], None]
"""Is told of so many rows more that are done."""


def part_file(sha256: str) -> str:
    """The name of the file of a part."""
    return f"{PARTS}/{sha256}.parquet"


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file of a backup."""

    backup: str
    what: str


class Kept:
    """The backups in a place. All methods raise `BackupError`."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def manifests(self) -> list[Manifest]:
        """All of them, oldest first. Raises `BackupError` where one is damaged."""
        found = [self.manifest(name) for name in self._ids(MANIFESTS)]
        return sorted(found, key=lambda one: (one.created_at, one.id))

    def manifest(self, backup: str) -> Manifest:
        """That of a backup's id."""
        if not ID.fullmatch(backup):
            raise BackupError(f"{backup}: no id of a backup; `callistics backup list` has them")
        name = f"{MANIFESTS}/{backup}.json"
        if f"{backup}.json" not in self.place.names(MANIFESTS):
            raise BackupError(f"{self.place.shown} has no backup {backup}")
        return decode(self.place.read(name), name)

    def newest(self, until: int | None = None) -> Manifest:
        """The newest, or the newest of an instant (µs) or before."""
        found = [one for one in self.manifests() if until is None or _instant(one) <= until]
        if not found:
            when = "" if until is None else " of that time or before"
            raise BackupError(f"{self.place.shown} has no backup{when}")
        return found[-1]

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
                found[backup] = msgspec.json.decode(noted, type=list[Part])
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
        """
        manifests = self.manifests()
        going = manifests[: max(len(manifests) - keep, 0)]
        for one in going:
            self.place.delete(f"{MANIFESTS}/{one.id}.json")
        needed = {part.sha256 for one in manifests[len(going) :] for part in one.parts}
        needed |= {part.sha256 for parts in self.begun().values() for part in parts}
        files = {part_file(sha256).rpartition("/")[2] for sha256 in needed}
        loose = [name for name in self.place.names(PARTS) if name not in files]
        for name in loose:
            self.place.delete(f"{PARTS}/{name}")
        return len(going), len(loose)

    def _is_whole(self, part: Part) -> bool:
        return self.place.sha256(part_file(part.sha256)) == part.sha256

    def _ids(self, folder: str) -> list[str]:
        names = (name.removesuffix(".json") for name in self.place.names(folder))
        return sorted(name for name in names if ID.fullmatch(name))


def _instant(manifest: Manifest) -> int:
    return parse_iso(manifest.created_at).local
