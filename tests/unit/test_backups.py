"""Backups of a store that goes on, and what is restored from them."""

import errno
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from callistics.backups.kept import PARTS, Kept
from callistics.backups.manifest import BackupError, Manifest, decode, encode
from callistics.backups.states import EXPIRES_IN, HeldSnapshots
from callistics.errors import Conflict, EngineError, NotFound
from callistics.model.instants import parse_iso
from support import inside
from support.backups import HeldSource, back_up, file_of, kept_in, restore_into
from support.store import Store, opened

CALLS = ("calls", [{
    "call_id": f"c{month}-{number}", "merchant_id": f"m{number % 2}", "reseller_id": "r",
    "started_at": f"2025-0{month}-03T09:{number:02}:00Z", "duration": 10 * number, "status": "new",
    "lead_id": f"l{number % 4}", "payload": {"n": number}, "outcome": "SALE",
    "updated_at": "2025-06-01T00:00:00Z",
} for month in (1, 2, 3) for number in range(8)])  # fmt: skip
MORE = ("calls", [{
    "call_id": "late", "merchant_id": "m0", "reseller_id": "r", "lead_id": "l1",
    "started_at": "2025-02-28T23:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
}])  # fmt: skip


def send(store: Store, kind: str, records: list[dict[str, Any]]) -> None:
    assert not store.send(kind, records).rejected


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return kept_in(tmp_path / "backups")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store with calls of three months; who adds more takes one of its own."""
    with opened() as found:
        send(found, *CALLS)
        yield found


def test_what_did_not_change_is_not_fetched_again(tmp_path: Path, kept: Kept) -> None:
    with opened() as store:
        send(store, *CALLS)
        first = back_up(kept, HeldSource(store.engine, tmp_path))
        send(store, *MORE)
        source = HeldSource(store.engine, tmp_path)
        second = back_up(kept, source)
        assert set(source.asked) == {"calls-2025-02", "arrivals"}
        assert second.parts == 2 < first.parts
        third = back_up(kept, HeldSource(store.engine, tmp_path))
        assert third.parts == third.size == 0
    assert [one.id for one in kept.manifests()] == [
        one.manifest.id for one in (first, second, third)
    ]


@pytest.mark.parametrize("harm", [False, True])
def test_one_that_was_cut_off_is_none_and_goes_on(
    harm: bool, store: Store, tmp_path: Path, kept: Kept
) -> None:
    def cut(asked: int) -> None:
        if asked == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(kept, HeldSource(store.engine, tmp_path, cut))
    with pytest.raises(BackupError, match="has no whole backup, but one that was cut off"):
        kept.newest()
    ((noted,),) = [kept.begun().values()]
    if harm:
        file = tmp_path / "backups" / PARTS / f"{noted[2].sha256}.parquet"
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    source = HeldSource(store.engine, tmp_path)
    made = back_up(kept, source)
    there = {part.name for part in noted} - ({noted[2].name} if harm else set())
    assert set(source.asked) == {part.name for part in made.manifest.parts} - there
    assert not list(kept.verify(made.manifest, lambda _: None))
    assert kept.begun() == {}


def test_a_part_that_comes_otherwise_is_no_part(store: Store, tmp_path: Path, kept: Kept) -> None:
    class Garbling(HeldSource):
        def fetching(self, state: Any, part: Any) -> Any:
            with super().fetching(state, part) as found:
                pieces = [b"?", *found.pieces]
            return nullcontext(type(found)(found.size, found.sha256, pieces))

    with pytest.raises(BackupError, match="another checksum"):
        back_up(kept, Garbling(store.engine, tmp_path))
    assert not list((tmp_path / "backups" / PARTS).iterdir())


def test_a_full_disk_is_a_sentence(
    store: Store, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = HeldSource(store.engine, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(BackupError, match=r"No space left on device.*run the same command"):
            back_up(kept, source)
    assert not [file for file in (tmp_path / "backups").rglob("*") if file.is_file()]
    assert back_up(kept, source).parts


def test_damage_is_found_and_not_restored(store: Store, tmp_path: Path, kept: Kept) -> None:
    manifest = back_up(kept, HeldSource(store.engine, tmp_path)).manifest
    assert not list(kept.verify(manifest, lambda _: None))
    folder, target = tmp_path / "backups", tmp_path / "new" / "restored.db"
    damaged = file_of(folder, manifest, "calls-2025-02")
    whole = damaged.read_bytes()
    for content, word in (
        (whole[:-9], "damaged"),
        (whole.replace(b"m0", b"m1"), "damaged"),
        (None, "missing"),
    ):
        damaged.unlink(missing_ok=True)
        if content is not None:
            damaged.write_bytes(content)
        (found,) = kept.verify(manifest, lambda _: None)
        assert found.what.startswith("calls-2025-02: ")
        assert found.what.endswith(word)
        with pytest.raises(BackupError, match=f"calls-2025-02: .*{word}"):
            restore_into(kept, manifest, f"duckdb://{target}", tmp_path)
        assert not list(target.parent.iterdir())
    again = HeldSource(store.engine, tmp_path)
    assert back_up(kept, again).parts == 1
    assert damaged.read_bytes() == whole


def test_old_ones_go_with_what_only_they_have(tmp_path: Path, kept: Kept) -> None:
    made: list[Manifest] = []
    with opened() as store:
        send(store, *CALLS)
        for number in range(4):
            call = MORE[1][0] | {"call_id": f"late {number}"}
            send(store, "calls", [call])
            made.append(back_up(kept, HeldSource(store.engine, tmp_path)).manifest)
    kept.begin(made[0].id, [part for part in made[0].parts if part.name == "calls-2025-02"])
    assert kept.prune(9) == (0, 0)
    backups, parts = kept.prune(2)
    # What a backup that is not finished has taken stays; the first two have one more each.
    assert (backups, parts) == (2, 3)
    assert kept.manifests() == [decode(encode(one), "x") for one in made[2:]]
    for one in made[2:]:
        assert not list(kept.verify(one, lambda _: None))
    kept.end([made[0].id])
    assert kept.prune(2) == (0, 1)


def test_the_one_of_a_time_is_chosen(store: Store, tmp_path: Path, kept: Kept) -> None:
    first, second = (back_up(kept, HeldSource(store.engine, tmp_path)).manifest for _ in range(2))
    assert kept.newest().id == second.id
    instant = parse_iso(second.created_at).last
    assert kept.newest(instant).id == second.id
    assert kept.newest(instant - 1).id == first.id
    assert parse_iso(first.created_at[:10]).last % 86_400_000_000 == 86_399_999_999
    with pytest.raises(BackupError, match="of that time or before"):
        kept.newest(1)


def test_one_state_at_a_time_which_goes_when_nobody_asks(store: Store, tmp_path: Path) -> None:
    clock = [0.0]
    states = HeldSnapshots(store.engine, "x", tmp_path / "part", lambda: clock[0])
    held = states.hold()
    clock[0] = 12.5
    told = (
        f"one at a time; it was begun at {held.created_at[:19]}Z, last asked for 12 seconds ago,"
        " and is let go in 288 seconds unless more of it is asked for"
    )
    with pytest.raises(Conflict, match=f"{told}$"):
        states.hold()
    clock[0] = EXPIRES_IN - 1
    states.part(held.id, "calls-2025-01").file.close()
    with pytest.raises(NotFound, match="no such part"):
        states.part(held.id, "calls-1999-01")
    clock[0] += EXPIRES_IN - 1
    states.expire()
    with pytest.raises(Conflict):
        states.hold()
    clock[0] += 1
    other = states.hold()
    assert other.id != held.id
    for gone in (held.id, "é"):
        with pytest.raises(NotFound, match="no such state"):
            states.part(gone, "calls-2025-01")
    assert states.release(other.id) == other
    states.stop()
    assert not list(tmp_path.iterdir())


def test_a_state_stays_while_a_part_of_it_is_sent(store: Store, tmp_path: Path) -> None:
    clock = [0.0]
    states = HeldSnapshots(store.engine, "x", tmp_path / "part", lambda: clock[0])
    held = states.hold()
    first, second = (states.part(held.id, f"calls-2025-0{month}").file for month in (1, 2))
    for file in (first, second):
        # So slow is the client.
        clock[0] += 2 * EXPIRES_IN
        with pytest.raises(Conflict, match="a part of it is being fetched right now"):
            states.hold()
        assert file.read(4) == b"PAR1"
        file.close()
    clock[0] += EXPIRES_IN - 1
    with pytest.raises(Conflict, match="last asked for 299 seconds ago"):
        states.hold()
    # Nobody waits any more for what is dropped unread.
    states.part(held.id, "calls-2025-01")
    clock[0] += EXPIRES_IN
    assert states.hold().id != held.id
    states.stop()


def test_nothing_is_overwritten(store: Store, tmp_path: Path, kept: Kept) -> None:
    manifest = back_up(kept, HeldSource(store.engine, tmp_path)).manifest
    for taken in ("a.db", "b.db.wal"):
        (tmp_path / taken).write_bytes(b"mine")
        target = f"duckdb://{tmp_path / taken.removesuffix('.wal')}"
        with pytest.raises(EngineError, match="is there already: restore into a new place"):
            restore_into(kept, manifest, target, tmp_path)
        assert (tmp_path / taken).read_bytes() == b"mine"


def test_a_checkpoint_waits_for_a_state_that_is_held(tmp_path: Path) -> None:
    log = tmp_path / "a.db.wal"
    with opened(path=tmp_path / "a.db") as store:
        send(store, *CALLS)
        with store.engine.dumping() as dump:
            before = dump.parts()
            send(store, *MORE)
            with pytest.raises(duckdb.TransactionException, match="Cannot CHECKPOINT"):
                inside.execute(store.engine, "CHECKPOINT")
            assert dump.parts() == before
            for part in before:
                dump.write(part, tmp_path / part.name)
                assert pq.read_metadata(tmp_path / part.name).num_rows == part.rows
            assert log.stat().st_size > 0
        inside.execute(store.engine, "CHECKPOINT")
        assert not log.exists() or log.stat().st_size == 0
        assert store.rows("call_count") == [{"count": 25}]


def test_what_a_killed_restore_has_left_is_no_hindrance(
    store: Store, tmp_path: Path, kept: Kept
) -> None:
    manifest = back_up(kept, HeldSource(store.engine, tmp_path)).manifest
    for name in ("a.db.restoring", "a.db.restoring.wal"):
        (tmp_path / name).write_bytes(b"half of it")
    restore_into(kept, manifest, f"duckdb://{tmp_path}/a.db", tmp_path)
    assert [file.name for file in tmp_path.glob("a.db*")] == ["a.db"]
    with opened(path=tmp_path / "a.db") as restored:
        assert restored.rows("call_count") == store.rows("call_count")
