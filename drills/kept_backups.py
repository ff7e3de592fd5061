"""Backups of a server that may be killed meanwhile: what is listed is whole."""

import tempfile
from pathlib import Path

from callistics.backups.kept import Kept
from callistics.backups.make import make_backup
from callistics.backups.place import Place
from callistics.cli.backing_up.source import ServerSource
from callistics.cli.client import PATIENCE, Client
from drills.ledger import Floor, Ledger
from drills.tally import Tally
from support.backups import restore_into
from support.live import ADMIN_KEY, Live

_KEPT = 2


class Backups:
    """Those of one folder."""

    def __init__(self, place: Path) -> None:
        self.kept = Kept(Place(str(place)))
        # Of each that was begun: when it was made it had at least this.
        self._floors: dict[str, Floor] = {}

    def make(self, server: Live, ledger: Ledger, tally: Tally) -> None:
        """Back up a server, and delete older ones."""
        floor = ledger.floor()
        with Client(server.url, ADMIN_KEY, patience=PATIENCE._replace(busy=0)) as client:
            known = {one.id for one in self.kept.manifests()}
            try:
                make_backup(self.kept, ServerSource(client), lambda _: lambda _: None)
            finally:
                new = {one.id for one in self.kept.manifests()} - known
                self._floors |= dict.fromkeys(new, floor)
        tally.count("backups")
        self.kept.prune(_KEPT)

    def damaged(self) -> list[str]:
        """What is wrong with those that are listed."""
        found = self.kept.manifests()
        return [one.what for each in found for one in self.kept.verify(each, lambda _: None)]

    def restore(self, folder: Path, ledger: Ledger) -> Ledger | None:
        """Restore the newest into a folder; the ledger of its state, if one is listed."""
        found = self.kept.manifests()
        if not found:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            dsn = f"duckdb://{folder}/test.db"
            restore_into(self.kept, found[-1], dsn, Path(scratch))
        return ledger.since(self._floors[found[-1].id])
