"""The rows of one commit: new ones, and replaced ones once more with the opposite sign."""

from dataclasses import dataclass

import pyarrow as pa

from callistics.engines.clickhouse.stored_rows import SCHEMAS


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one table that are inserted together, and so become visible together."""

    table: str
    new: pa.Table
    replaced: pa.Table

    def rows(self, version: int) -> pa.Table:
        """All of it: new rows with a version of their own, replaced ones with the sign -1."""
        target = SCHEMAS[self.table]
        versions = pa.array([version] * self.new.num_rows, pa.uint64())
        new = self.new.append_column("version", versions).select(target.names).cast(target)
        signs = [-1] * self.replaced.num_rows + [1] * new.num_rows
        both = pa.concat_tables([self.replaced.select(target.names).cast(target), new])
        return both.append_column("sign", pa.array(signs, pa.int8())).combine_chunks()
