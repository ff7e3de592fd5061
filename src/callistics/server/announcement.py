"""What the server says once it listens."""

from pathlib import Path

import structlog

from callistics import __version__
from callistics.engines.registry import key_file
from callistics.server.address import listening_url
from callistics.server.logs import in_json
from callistics.settings import Settings

_log = structlog.get_logger("callistics")


def announce(settings: Settings, made: Path | None) -> None:
    """Tell where the server listens, and where the first admin key lies, which may be just `made`.

    People are told on standard output, programs by a line of log, so that JSON stays JSON.
    """
    url = listening_url(settings)
    file = made or key_file(settings.engine)
    key = str(file) if file.exists() else None
    if in_json(settings):
        _log.info("listening", url=url, api_page=f"{url}/docs", admin_key_file=key)
        return
    lines = [
        f"Callistics {__version__} listens on {url}",
        f"  Dashboard  {url}/",
        f"  API page   {url}/docs",
    ]
    if made is not None:
        lines.append(f"  The first admin key was written to {key}")
    elif key is not None:
        lines.append(f"  Admin key  {key}")
    print("\n".join(lines), flush=True)  # noqa: T201
