"""What a backup is: a manifest that names its parts. Without one, nothing is a backup."""

import hashlib
import re
import secrets
from typing import Annotated, Literal

import msgspec

from callistics.engines.dump import part_name
from callistics.errors import CallisticsError
from callistics.model.instants import utc_text

FORMAT = 1
"""Of manifests, and of where the files lie."""
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
"""What the id of a backup looks like: when it was begun, and something that tells it apart."""
_CUT_OFF = "Input data was truncated"
_SHA_256 = r"^[0-9a-f]{64}$"


class BackupError(CallisticsError):
    """A backup cannot be made, found, read or restored; the text is for people."""


class UnreadableError(BackupError):
    """A manifest is there that cannot be read; `reason` says what of it: `is cut off`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} cannot be read: it {reason}")
        self.reason = reason


class ListedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a state that may be fetched, by its name."""

    table: str
    month: str | None
    rows: int
    fingerprint: str

    @property
    def name(self) -> str:
        """As of `part_name`."""
        return part_name(self.table, self.month)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state of all that is stored, held for the backup of this id. `created_at` is RFC 3339.

    It goes when nothing of it was asked for in `expires_in` seconds.
    """

    id: str
    created_at: str
    expires_in: int
    product: str
    engine: str
    engine_version: str
    schema: int
    parts: tuple[ListedPart, ...]

    def rows(self, table: str) -> int:
        """Rows of a table."""
        return sum(part.rows for part in self.parts if part.table == table)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part and the file it is in, by the checksum of its bytes."""

    table: str
    month: str | None
    rows: int
    fingerprint: str
    size: int
    sha256: Annotated[str, msgspec.Meta(pattern=_SHA_256)]

    @property
    def name(self) -> str:
        """As of `part_name`."""
        return part_name(self.table, self.month)


class _Formatted(msgspec.Struct):
    format: int


_read_format = msgspec.json.Decoder(_Formatted).decode


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that is known of a backup. `created_at` (RFC 3339) is the state that it has.

    The checksum is the SHA-256 of the manifest's JSON with an empty one in its place.
    """

    format: Literal[1]
    id: str
    created_at: str
    product: str
    engine: str
    engine_version: str
    schema: int
    parts: tuple[Part, ...]
    checksum: str = ""

    @property
    def size(self) -> int:
        """Bytes of all parts; a file that several have counts once."""
        return sum({part.sha256: part.size for part in self.parts}.values())

    def rows(self, table: str) -> int:
        """Rows of a table."""
        return sum(part.rows for part in self.parts if part.table == table)


_read_manifest = msgspec.json.Decoder(Manifest).decode


def new_id(instant: int) -> str:
    """The id of a backup that is begun at an instant (µs)."""
    moment = re.sub(r"[-:]|\.\d+", "", utc_text(instant))
    return f"{moment}-{secrets.token_hex(4)}"


def encode(manifest: Manifest) -> bytes:
    """The file of a manifest, with its checksum."""
    summed = msgspec.structs.replace(manifest, checksum=_checksum(manifest))
    return msgspec.json.format(msgspec.json.encode(summed)) + b"\n"


def decode(data: bytes, name: str) -> Manifest:
    """The manifest of a file. Raises `UnreadableError` where that is none, or was changed."""
    try:
        found = _read_manifest(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(name, _reason(data)) from error
    if found.checksum != _checksum(found):
        raise UnreadableError(name, "is damaged: its checksum is another")
    return found


def _reason(data: bytes) -> str:
    """Why what does not look like a manifest is none."""
    try:
        found = _read_format(data).format
    except msgspec.ValidationError:
        return "is damaged: it is no manifest"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return "is cut off" if str(error) == _CUT_OFF else "is damaged: it is no JSON"
    return f"is of another version, in format {found}" if found != FORMAT else "is damaged"


def _checksum(manifest: Manifest) -> str:
    bare = msgspec.structs.replace(manifest, checksum="")
    return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()
