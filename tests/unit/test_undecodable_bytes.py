"""Bytes that no decoder can take end in a sentence, however the library below says no."""

import gzip
from pathlib import Path

import pytest

from callistics.backups.kept import BEGUN
from callistics.backups.manifest import BackupError, decode
from callistics.cli.root import Failure
from callistics.cli.syncing.state import Identity, StateFile
from callistics.errors import Refused, SettingsError
from callistics.files.lines import Batch, Line
from callistics.ingest.decompress import unpack
from callistics.settings import load_settings
from support.backups import kept_in

NO_TEXT = b'{"id":"\xff"}'
DEEP = b"[" * 100_000
BAD = [NO_TEXT, DEEP, b'{"x":' + DEEP]


def test_a_damaged_block_of_gzip() -> None:
    body = bytearray(gzip.compress(b'{"call_id": "c", "merchant_id": "m"}', mtime=0))
    body[10] |= 0b110  # a kind of block that there is none of
    with pytest.raises(Refused, match="the body is not valid gzip, or cut off") as refused:
        unpack(bytes(body), "gzip", 1_000)
    assert refused.value.answer_status == 400


@pytest.mark.parametrize("data", BAD)
def test_a_manifest(data: bytes) -> None:
    with pytest.raises(
        BackupError, match=r"^x cannot be read: it is damaged: it is no (manifest|JSON)"
    ):
        decode(data, "x")


@pytest.mark.parametrize("data", BAD)
def test_the_note_of_a_backup_that_was_begun(data: bytes, tmp_path: Path) -> None:
    kept = kept_in(tmp_path / "backups")
    kept.place.write(f"{BEGUN}/20250101T000000Z-00000000.json", [data])
    assert kept.begun() == {"20250101T000000Z-00000000": []}


@pytest.mark.parametrize("data", BAD)
def test_the_state_of_a_sync(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(data)
    with pytest.raises(Failure) as failed:
        StateFile(path, Identity("s", "c", (), "calls", "t")).read()
    assert "not the state of a sync" in failed.value.message


@pytest.mark.parametrize("name", ["LEAD_STAGES", "TOKEN_ISSUERS", "TEMPLATE_LEAD_STAGES"])
def test_a_setting_that_is_nested_too_deeply(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    given = {"CALLISTICS_CONFIG": str(tmp_path / "empty.toml")}
    with pytest.raises(SettingsError, match=f"CALLISTICS_{name}: nested too deeply"):
        load_settings({**given, f"CALLISTICS_{name}": DEEP.decode()})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = " + "7" * 5_000, "not TOML: "),
        ("lead_stages = " + DEEP.decode(), "not TOML: nested too deeply"),
        ("a.b.c = 1\n[a.b", "not TOML: "),
    ],
)
def test_a_file_of_settings(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "callistics.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=said):
        load_settings({"CALLISTICS_CONFIG": str(path)})


@pytest.mark.parametrize("data", BAD)
def test_a_line_of_a_file(data: bytes) -> None:
    batch = Batch()
    batch.add(Line(1, data))
    assert not batch.is_timed
