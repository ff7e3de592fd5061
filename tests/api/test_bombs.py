"""A small body that unpacks to a large one is refused before it takes the memory."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from support.server import problem, serving

LIMIT = 1 << 20


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)]
)
def test_a_bomb_is_refused_at_the_limit(
    encoding: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    body = pack(bytes(256 * LIMIT))
    with serving(tmp_path, record_body_limit=LIMIT) as server:
        headers = {"Content-Encoding": encoding, "Content-Type": "application/x-ndjson"}
        tracemalloc.start()
        answer = server.request("POST", "/calls", content=body, headers=headers)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        problem(answer, 413)
        assert most < 64 * LIMIT
