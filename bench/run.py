"""What the parts of one run share."""

from dataclasses import dataclass
from pathlib import Path

from bench.live import database, serving
from bench.records import bodies


@dataclass(frozen=True, slots=True)
class Run:
    """How many calls, and a folder that goes away with the run."""

    calls: int
    folder: Path

    def loaded(self) -> Path:
        """A folder with a database of all calls, loaded over HTTP the first time; no server."""
        folder = self.folder / "loaded"
        if not database(folder).exists():
            with serving(folder) as server:
                for body in bodies(self.calls, 10_000):
                    server.client.store(body)
        return folder
