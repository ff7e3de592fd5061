"""Standard streams of another encoding, or closed from the start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORD = '{"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}'
posix_only = pytest.mark.skipif(os.name != "posix", reason="only a shell of Unix closes a stream")
COMMAND = f"exec {sys.executable} -m callistics"
# A port on which nobody listens, so that the command works on the database itself.
HERE = {"CALLISTICS_PORT": "1", "CALLISTICS_ENGINE": "duckdb:///x.db"}
PRINTING = """
import sys
from callistics.runtime import run
run(lambda: print(sys.argv[1]))
"""


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | HERE
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("utf-8", "é → 😀".encode()),
        ("latin-1", b"\xe9 \\u2192 \\ud83d\\ude00"),
        ("ascii", b"\\u00e9 \\u2192 \\ud83d\\ude00"),
        ("ascii:surrogateescape", b"\\u00e9 \\u2192 \\ud83d\\ude00"),
        ("ascii:replace", b"? ? ?"),
    ],
)
def test_letters_that_an_encoding_lacks_are_escaped(encoding: str, printed: bytes) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    text = json.dumps("é → 😀", ensure_ascii=False)
    done = subprocess.run(
        [sys.executable, "-c", PRINTING, text], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b'"%b"\n' % printed
    if b"?" not in printed:
        assert json.loads(done.stdout.decode(encoding.partition(":")[0])) == "é → 😀"


@posix_only
def test_a_name_that_is_no_text_is_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"b\xfcro.csv")
    header = b"call_id,merchant_id,reseller_id,started_at,St\xe4dt\n"
    (tmp_path / name).write_bytes(header + b"a,m,r,2025-01-01T10:00:00Z,x\n")
    environment = "PYTHONIOENCODING=utf-8"
    done = shell(f"{environment} {COMMAND} import b*.csv --dry-run", tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("b\\udcfcro.csv: CSV, ")
    assert any(line.startswith("  St\\udce4dt ") for line in lines)
    assert lines[-1].strip().startswith("some text is not UTF-8: --encoding cp1252")


@posix_only
def test_a_stream_that_is_closed_is_told_or_left_alone(tmp_path: Path) -> None:
    (tmp_path / "calls.ndjson").write_text(RECORD + "\n")
    done = shell(f"{COMMAND} import calls.ndjson <&- >&- 2>&-", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    for arguments in ("import -", "erase lead_1"):
        done = shell(f"{COMMAND} {arguments} <&-", tmp_path)
        assert done.returncode == 1
        told = b"Error: standard input: it is closed, so nothing can be read\n"
        assert done.stderr.endswith(told)
    for form in ("table", "json"):
        done = shell(f"{COMMAND} query call_count --format {form} >&-", tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
