"""Files of the page: read once, compressed once, asked for again only where they changed."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from callistics.dashboard.assets import STATIC
from callistics.http.answer import Answer
from callistics.http.services import AnyRequest

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: plain and compressed, its media type, its entity tag."""

    content: bytes
    compressed: bytes
    media_type: str
    tag: str

    @classmethod
    @cache
    def of(cls, name: str, content: bytes) -> Self:
        """The file of a name with this content."""
        tag = hashlib.sha256(content).hexdigest()[:20]
        packed = gzip.compress(content, 9, mtime=0)
        return cls(content, packed, _TYPES[Path(name).suffix], tag)


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of the page by its path below the folder."""
    files = sorted(path for path in STATIC.rglob("*") if path.suffix in _TYPES)
    return {
        path.relative_to(STATIC).as_posix(): Asset.of(path.name, path.read_bytes())
        for path in files
    }


def asset(name: str) -> Asset | None:
    """The file of that path, None if there is none."""
    return assets().get(name)


@cache
def build_name() -> str:
    """A name that is another one as soon as any of the files is."""
    tags = "".join(f"{name}:{found.tag};" for name, found in assets().items())
    return hashlib.sha256(tags.encode()).hexdigest()[:12]


def respond(request: AnyRequest, found: Asset, headers: Mapping[str, str]) -> Answer:
    """The file, or 304 where the client has it already."""
    # Weak: the same for what is compressed.
    tag = f'W/"{found.tag}"'
    sent = {**headers, "ETag": tag, "Vary": "Accept-Encoding"}
    if found.tag in request.headers.get("if-none-match", ""):
        return Answer(b"", 304, headers=sent)
    if "gzip" in request.headers.get("accept-encoding", ""):
        sent["Content-Encoding"] = "gzip"
        return Answer(found.compressed, media_type=found.media_type, headers=sent)
    return Answer(found.content, media_type=found.media_type, headers=sent)
