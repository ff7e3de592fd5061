"""What goes with old backups, whatever else is done in the place at the same moment."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callistics.backups.kept import BEGUN, MANIFESTS, PARTS, Kept, part_file
from callistics.backups.manifest import Manifest
from callistics.backups.place import Place
from support.backups import HeldSource, back_up, kept_in
from support.store import Store, opened


class Shared(Place):
    """A place where something is done by others when a folder is listed the first time."""

    def __init__(self, folder: Path, listed: str, done: Callable[[], object]) -> None:
        super().__init__(str(folder))
        self._moment, self._done = listed, done

    def names(self, folder: str) -> dict[str, int]:
        if folder == self._moment:
            self._moment = ""
            self._done()
        return super().names(folder)


def back_up_one_more(store: Store, kept: Kept, scratch: Path) -> Manifest:
    """A backup of the store, which has got a call more."""
    call = {
        "call_id": f"c{len(kept.manifests())}", "merchant_id": "m", "reseller_id": "r",
        "started_at": "2025-01-03T09:00:00Z", "updated_at": "2025-06-01T00:00:00Z",
    }  # fmt: skip
    assert not store.send("calls", [call]).rejected
    return back_up(kept, HeldSource(store.engine, scratch)).manifest


@pytest.mark.parametrize("listed", [MANIFESTS, BEGUN, PARTS])
def test_what_a_backup_made_meanwhile_needs_stays(listed: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    kept = kept_in(folder)
    with opened() as store:
        for _ in range(2):
            back_up_one_more(store, kept, tmp_path)
        shared = Shared(folder, listed, lambda: back_up_one_more(store, kept, tmp_path))
        backups, _ = Kept(shared).prune(1)
    found = kept.manifests()
    assert len(found) == 3 - backups
    for one in found:
        assert not list(kept.verify(one, lambda _: None))


@pytest.mark.parametrize("listed", [MANIFESTS, BEGUN, PARTS])
def test_what_a_backup_that_ends_meanwhile_needs_stays(listed: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    kept = kept_in(folder)
    with opened() as store:
        _, last = (back_up_one_more(store, kept, tmp_path) for _ in range(2))
    kept.begin(last.id, list(last.parts))
    (folder / MANIFESTS / f"{last.id}.json").unlink()

    def end() -> None:
        kept.save(last)
        kept.end([last.id])

    Kept(Shared(folder, listed, end)).prune(1)
    assert kept.newest().id == last.id
    assert not list(kept.verify(last, lambda _: None))


@pytest.mark.parametrize("name", [part_file("ab" * 32), f"{MANIFESTS}/x.json", f"{BEGUN}/x.json"])
def test_what_a_killed_backup_has_left_goes(name: str, tmp_path: Path) -> None:
    kept = kept_in(tmp_path)
    left: list[Path] = []

    def pieces() -> Iterator[bytes]:
        yield b"personal"
        left.extend((tmp_path / name).parent.iterdir())
        # It is being written yet.
        kept.prune(1)

    kept.place.write(name, pieces())
    assert (tmp_path / name).read_bytes() == b"personal"
    (file,) = left
    file.write_bytes(b"pers")
    os.utime(file, (0, 0))
    kept.prune(1)
    assert not file.exists()
