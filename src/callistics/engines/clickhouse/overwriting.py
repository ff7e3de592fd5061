"""Merging the parts of tables, so that rows that were erased are in none of them."""

from collections.abc import Generator

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.operations import Layout
from callistics.engines.clickhouse.stored_rows import SCHEMAS
from callistics.engines.pieces import Pieces
from callistics.records.columnar.alert_tables import ALERTS

_AT_ONCE = {"alter_sync": 2, "optimize_throw_if_noop": 0}


class Overwriting:
    """Merges every table of records, and that of alerts, into one part a partition, by turns.

    A row that was erased and the one that cancels it are both left out then, and so is what was
    stored of an alert before. What is due outlives the process.
    """

    def __init__(self, client: Client, layout: Layout) -> None:
        self._client, self._layout = client, layout
        self._pieces = Pieces()

    def work(self) -> bool:
        """Do a piece of the work, if any is due; whether there was."""
        if not self._pieces.are_left:
            ((due,),) = self._client.query("SELECT max(since) FROM overwriting_due").result_rows
            if not due:
                return False
            self._pieces.begin(self._merge(int(due)))
        self._pieces.do()
        return True

    def _merge(self, due: int) -> Generator[None]:
        for table in (*SCHEMAS, ALERTS):
            stored = self._layout.stored(table)
            self._client.command(
                f"OPTIMIZE TABLE {stored}{self._layout.on_cluster} FINAL", settings=_AT_ONCE
            )
            yield
        self._client.command(
            f"ALTER TABLE overwriting_due{self._layout.on_cluster}"
            " DELETE WHERE since <= {due:Int64}",
            {"due": due},
            settings={"mutations_sync": 2},
        )
