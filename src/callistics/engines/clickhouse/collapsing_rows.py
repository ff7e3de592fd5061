"""The rows of one commit: new ones, and replaced ones once more with the opposite sign."""

from collections.abc import Set
from dataclasses import dataclass

import msgspec
import pyarrow as pa

from callistics.engines.clickhouse.json_names import json_name, json_text
from callistics.engines.clickhouse.stored_rows import IDS, SCHEMAS
from callistics.records.columnar.arrow import select
from callistics.records.identity import Identity


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one table that are inserted together, and so become visible together."""

    table: str
    new: pa.Table
    replaced: pa.Table

    @property
    def replaced_ids(self) -> set[Identity]:
        """Whose rows are replaced."""
        names = ("merchant_id", IDS[self.table])
        return set(zip(*(self.replaced[name].to_pylist() for name in names), strict=True))

    def payload_texts(self, key: str, among: Set[str]) -> set[str]:
        """Those of the texts that new rows of calls or leads have under a key of their payloads."""
        name, texts = json_name(key), {json_text(one): one for one in among}
        payloads = self.new["payload"].unique().to_pylist()
        found = {msgspec.json.decode(one).get(name) for one in payloads if one}
        return {texts[one] for one in found & texts.keys()}

    def rows(self, version: int) -> pa.Table:
        """All of it: new rows with a version of their own, replaced ones with the sign -1."""
        target = SCHEMAS[self.table]
        versions = pa.array([version] * self.new.num_rows, pa.uint64())
        new = select(self.new.append_column("version", versions), target)
        signs = [-1] * self.replaced.num_rows + [1] * new.num_rows
        both = pa.concat_tables([select(self.replaced, target), new])
        return both.append_column("sign", pa.array(signs, pa.int8())).combine_chunks()
