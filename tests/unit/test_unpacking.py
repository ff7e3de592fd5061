"""Bodies are unpacked as they are, whether or not they are large, up to what they may have."""

import gzip
from collections.abc import Callable

import pytest
import zstandard

from callistics.errors import TooLarge
from callistics.ingest.decompress import unpack

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda plain: gzip.compress(plain, 1),
    "zstd": zstandard.compress,
}
LARGE = 8 << 20


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("size", [0, 1, LARGE - 1, LARGE, LARGE + 1, LARGE + (1 << 20) + 1])
def test_a_body_may_have_as_much_as_is_allowed(encoding: str, size: int) -> None:
    plain = (b"0123456789abcde" * (size // 15 + 1))[:size]
    packed = PACKED[encoding](plain)
    assert unpack(packed, encoding, size) == plain
    with pytest.raises(TooLarge):
        unpack(packed, encoding, size - 1)
