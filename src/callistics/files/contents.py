"""What a file is by its first bytes, where that is not what it is read as."""

import io
from pathlib import Path

from callistics.files.lines import UnreadableError

_UNPACK = "unpack it first, only gzip and zstd are unpacked here"
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", f"a workbook or a ZIP archive: say --format xlsx, or {_UNPACK}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook: say --format xlsx"),
    (b"PAR1\x15", "Parquet: say --format parquet"),
    (b"ARROW1\x00\x00", "Arrow: say --format arrow"),
    (b"\xfd7zXZ\x00", f"packed by xz: {_UNPACK}"),
    (b"BZh91AY&SY", f"packed by bzip2: {_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"packed by 7-Zip: {_UNPACK}"),
    (b"Rar!\x1a\x07", f"packed by RAR: {_UNPACK}"),
    (b"%PDF-", "a PDF: export a table instead"),
)
_LOOKED_AT = 64


def check_is_text(data: io.BufferedReader, encoding: str | None) -> None:
    """Raises `UnreadableError` where the content is of another format, or of two bytes a letter."""
    head = data.peek(_LOOKED_AT)[:_LOOKED_AT]
    what = next((what for sign, what in _SIGNS if head.startswith(sign)), None)
    if what is not None:
        raise UnreadableError(f"the file is {what}")
    pairs = len(head) // 2 if encoding is None else 0
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs and head[place::2].count(0) * 2 > pairs and not head[1 - place :: 2].count(0):
            raise UnreadableError(f"every other byte is zero: say --encoding {name}")


def what_is(name: str) -> str:
    """What to do with a file that is no workbook, by its first bytes."""
    with Path(name).open("rb") as file:
        head = file.read(_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        return "it is empty"
    if head.startswith(b"<"):
        return "it is HTML or XML: open it in a spreadsheet program and save it as .xlsx or CSV"
    if head.startswith(tuple(sign for sign, _ in _SIGNS)) or not _is_printable(head):
        return "if it was cut off, fetch it again; other tables can be saved as CSV"
    return "it is text: say --format csv, or tsv"


def _is_printable(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\r\n" for byte in head)
