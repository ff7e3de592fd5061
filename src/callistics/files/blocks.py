"""Rows of a table taken together, as columns."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from callistics.files.lines import UnreadableError
from callistics.files.tables import Cells, Row

# Rows that are turned into columns while the processor has them at hand. Of so few objects the
# collector of cycles takes no notice.
_AT_A_TIME = 500


class Block:
    """Rows with their numbers, kept as columns, and those that are wrong."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.wrong: list[tuple[int, str]] = []
        self.columns: list[list[Any]] = []
        self._last: list[Cells] = []

    def __len__(self) -> int:
        return len(self.numbers) + len(self.wrong)

    def add(self, row: Row) -> None:
        """Take the next row."""
        number, cells = row
        if isinstance(cells, str):
            self.wrong.append((number, cells))
            return
        self.numbers.append(number)
        self._last.append(cells)
        if len(self._last) == _AT_A_TIME:
            self.turn()

    def turn(self) -> None:
        """Have all that was added as columns."""
        columns = [[*column] for column in zip(*self._last, strict=True)]
        if not self.columns:
            self.columns = columns
        elif columns:
            for column, more in zip(self.columns, columns, strict=True):
                column.extend(more)
        self._last.clear()

    def rows(self) -> list[Row]:
        """The rows as they were added."""
        cells = zip(*self.columns, strict=True)
        return sorted([*zip(self.numbers, cells, strict=True), *self.wrong], key=_number)


def _number(row: Row) -> int:
    return row[0]


def blocks(
    rows: Iterable[Row], taken: Callable[[], int], most: int, most_bytes: int
) -> Iterator[Block]:
    """The rows in order, so many at a time; where they break off those before come first."""
    block, begin = Block(), taken()
    wrong: UnreadableError | None = None
    try:
        for row in rows:
            block.add(row)
            if len(block) >= most or taken() - begin >= most_bytes:
                block.turn()
                yield block
                block, begin = Block(), taken()
    except UnreadableError as error:
        wrong = error
    block.turn()
    if len(block):
        yield block
    if wrong is not None:
        raise wrong
