"""One bad field of a record or a body, as an answer of the server names it."""

import json
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
