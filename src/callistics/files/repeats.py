"""Records of one file that name a call or a lead which the file has named before."""

import hashlib
from dataclasses import dataclass, field

from callistics.mapping.paths import Record
from callistics.model.json import encode
from callistics.records.field import RecordKind

Name = tuple[object, object]


@dataclass
class Repeats:
    """Counts them as records come: all, those that say the same, those without a time.

    `example` is the first: its line, the line of the one before, and the id.
    """

    kind: RecordKind
    number: int = 0
    same: int = 0
    untimed: int = 0
    example: tuple[int, int, object] | None = None
    _seen: dict[Name, tuple[int, bytes]] = field(default_factory=dict[Name, tuple[int, bytes]])

    def take(self, line: int, record: Record) -> None:
        """Take the next record; its id is given."""
        identity = record.get(self.kind.id_field)
        said = line, hashlib.blake2b(encode(record), digest_size=16).digest()
        before = self._seen.setdefault((record.get("merchant_id"), identity), said)
        if before is not said:
            self.number += 1
            self.same += before[1] == said[1]
            self.untimed += record.get("updated_at") is None
            self.example = self.example or (line, before[0], identity)

    @property
    def named(self) -> int:
        """How many calls or leads were named at all."""
        return len(self._seen)
