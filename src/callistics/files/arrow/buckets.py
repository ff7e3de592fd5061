"""Objects of S3 buckets, by Arrow's file system."""

from collections.abc import Iterator

from pyarrow import fs

from callistics.texts import quoted_address


def pieces_of(address: str, size: int) -> Iterator[bytes]:
    """The bytes of `s3://bucket/key`, in pieces; credentials are found as AWS's own tools do.

    The key may have blanks, and whatever else addresses have to quote. `?region=`,
    `endpoint_override=` and `scheme=` in the address are for other stores that speak S3. Raises
    `OSError` or `ValueError` where it cannot be read.
    """
    system, path = fs.FileSystem.from_uri(quoted_address(address))
    with system.open_input_stream(path) as stream:
        while piece := stream.read(size):
            yield piece
