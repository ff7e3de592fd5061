"""Manifests that cannot be read, and places that cannot be written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from callistics.backups.kept import MANIFESTS, PARTS, Found, Kept, Unreadable
from callistics.backups.manifest import BackupError, Manifest, decode, encode
from callistics.engines.duckdb import restoring
from callistics.errors import EngineError
from callistics.model.instants import parse_iso
from support.backups import HeldSource, back_up, kept_in, restore_into
from support.store import Store, opened

CALLS = [
    {"call_id": f"c{number}", "merchant_id": "m", "reseller_id": "r",
     "started_at": f"2025-01-03T09:{number:02}:00Z", "duration": 10}
    for number in range(8)
]  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return kept_in(tmp_path / "backups")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with opened() as found:
        assert not found.send("calls", CALLS).rejected
        yield found


def test_a_damaged_manifest_says_so(store: Store, tmp_path: Path, kept: Kept) -> None:
    manifest = back_up(kept, HeldSource(store.engine, tmp_path)).manifest
    file = tmp_path / "backups" / MANIFESTS / f"{manifest.id}.json"
    text = file.read_bytes()
    assert decode(text, "x") == decode(encode(manifest), "x")
    for wrong, reason in (
        (text.replace(b'"rows": 8', b'"rows": 9', 1), "is damaged: its checksum is another"),
        (text[:-9], "is cut off"),
        (b"", "is cut off"),
        (b"[]", "is damaged: it is no manifest"),
        (b"\0" * 9, "is damaged: it is no JSON"),
        (text.replace(b'"format": 1', b'"format": 2'), "is of another version, in format 2"),
    ):
        assert wrong != text
        file.write_bytes(wrong)
        assert kept.found() == Found([], [Unreadable(manifest.id, reason)])
        for asked in (kept.newest, lambda: kept.manifest(manifest.id)):
            with pytest.raises(BackupError, match=f"{manifest.id}.* cannot be read: .*{reason}$"):
                asked()
    with pytest.raises(BackupError, match="no id of a backup"):
        kept.manifest("../secret")


def test_one_damaged_manifest_is_no_hindrance_to_the_others(
    store: Store, tmp_path: Path, kept: Kept
) -> None:
    made = [back_up(kept, HeldSource(store.engine, tmp_path)).manifest for _ in range(3)]
    # Ids tell times to the second.
    first, second, third = (replace(kept, one, day) for day, one in enumerate(made, 1))
    cut_off = tmp_path / "backups" / MANIFESTS / f"{third.id}.json"
    cut_off.write_bytes(encode(third)[:-9])
    assert kept.found() == Found([first, second], [Unreadable(third.id, "is cut off")])
    told = f"{third.id} cannot be read: .* Restore the one before with `--backup {second.id}`"
    for until in (None, parse_iso("2025-01-03").last):
        with pytest.raises(BackupError, match=told):
            kept.newest(until)
    assert kept.newest(parse_iso("2025-01-02").last) == second
    loose = tmp_path / "backups" / PARTS / f"{'0' * 64}.parquet"
    loose.write_bytes(b"of the one that cannot be read, for all that is known")
    # That it cannot be read makes it none of those that are kept, and no older one goes for it.
    assert kept.prune(2) == (0, 0)
    assert kept.prune(1) == (1, 0)
    fourth = replace(kept, back_up(kept, HeldSource(store.engine, tmp_path)).manifest, 4)
    assert kept.newest() == fourth
    assert kept.prune(2) == (0, 0)
    replace(kept, back_up(kept, HeldSource(store.engine, tmp_path)).manifest, 5)
    assert kept.prune(1) == (3, 1)
    assert not cut_off.exists()


def replace(kept: Kept, manifest: Manifest, day: int) -> Manifest:
    """Have a backup as if it had been begun on a day of January 2025."""
    kept.place.delete(f"{MANIFESTS}/{manifest.id}.json")
    other = msgspec.structs.replace(
        manifest, id=f"2025010{day}T000000Z-00000000", created_at=f"2025-01-0{day}T00:00:00Z"
    )
    kept.save(other)
    return kept.manifest(other.id)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Permission denied", "run this as the user of the server, or name another place"),
        ("No space left on device", "run the same command again once that is mended"),
    ],
)
@pytest.mark.parametrize("while_", ["opening", "inserting", "rebuilding"])
def test_a_place_that_cannot_be_written_is_a_sentence(
    said: str, advice: str, while_: str, store: Store, tmp_path: Path, kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    manifest = back_up(kept, HeldSource(store.engine, tmp_path)).manifest
    target = tmp_path / "new" / "a.db"

    def failing(*_: object) -> Any:
        raise duckdb.IOException(f'IO Error: Cannot open file "/x": {said}')

    with monkeypatch.context() as patch:
        if while_ == "opening":
            patch.setattr(restoring, "connect", failing)
        elif while_ == "inserting":
            patch.setattr(restoring, "_written", failing)
        else:
            patch.setattr(restoring.Rebuild, "apply", failing)
        told = rf"^{target} cannot be written \({said}\): .*{advice}"
        with pytest.raises(EngineError, match=told):
            restore_into(kept, manifest, f"duckdb://{target}", tmp_path)
    assert not list(target.parent.iterdir())
