"""One bad field of a record or a body, as an answer of the server names it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field of an answer: JSON pointer, sentence, and the value sent (None: not given)."""

    pointer: str
    message: str
    value: object = None

    @classmethod
    def of(cls, raw: object) -> "FieldError":
        """From an element of `errors`, whatever a proxy in between made of it."""
        found = cast("dict[str, object]", raw) if isinstance(raw, dict) else {"message": raw}
        return cls(str(found.get("pointer", "")), str(found.get("message", "")), found.get("value"))

    @property
    def steps(self) -> list[str]:
        """The pointer taken apart."""
        parts = self.pointer.split("/")[1:]
        return [part.replace("~1", "/").replace("~0", "~") for part in parts]

    @property
    def index(self) -> int | None:
        """Which record of a body it is about; None where it is about none."""
        step = next(iter(self.steps), "")
        return int(step) if step.isdigit() else None

    def below(self, depth: int) -> "FieldError":
        """The same without the first steps of the pointer."""
        rest = "".join(f"/{part}" for part in self.pointer.split("/")[1 + depth :])
        return FieldError(rest, self.message, self.value)

    def line(self) -> str:
        """`/filters/date_from: not a date (was "x")`."""
        where = f"{self.pointer}: " if self.pointer else ""
        return f"{where}{self.message}{self._was()}"

    def _was(self) -> str:
        if self.value is None:
            return ""
        text = json.dumps(self.value, ensure_ascii=False, default=str)
        return f" (was {text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '…'})"


def by_record(errors: Iterable[FieldError]) -> dict[int, list[FieldError]]:
    """The errors of each record of a body, below it; none where one is about something else."""
    found: dict[int, list[FieldError]] = {}
    for error in errors:
        if error.index is None:
            return {}
        found.setdefault(error.index, []).append(error.below(1))
    return found
