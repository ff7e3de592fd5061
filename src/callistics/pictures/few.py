"""Figures that rest on a few things alone: they are drawn paler, and a note says so."""

from dataclasses import dataclass
from typing import Any

from callistics.pictures.expressions import field
from callistics.pictures.frame import Layer, note
from callistics.pictures.labels import label


@dataclass(frozen=True, slots=True)
class Weight:
    """The field that counts the things behind a figure, and below how many it says little."""

    field: str
    few: int = 0

    @property
    def is_few(self) -> str:
        """The test of a row."""
        return f"{field(self.field)} < {self.few}"

    def paler(self, opacity: float) -> dict[str, Any]:
        """The opacity of marks: less where there are few."""
        return {"condition": {"test": self.is_few, "value": opacity}, "value": 1}

    def note(self, line: int = 0) -> Layer:
        """What is paler, where something is."""
        there = [{"aggregate": [{"op": "count", "as": "rows"}]}, {"filter": "datum.rows > 0"}]
        return {
            **note(f"Paler: under {self.few} {label(self.field).lower()}", line),
            "transform": [{"filter": self.is_few}, *there],
        }
