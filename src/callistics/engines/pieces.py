"""Work that is done a piece at a time, so that others need not wait for all of it."""

from collections.abc import Generator

_END = object()


class Pieces:
    """The work that is under way, if any is: a generator that pauses after each piece."""

    def __init__(self) -> None:
        self._work: Generator[None] | None = None

    @property
    def are_left(self) -> bool:
        """Whether work is under way."""
        return self._work is not None

    def begin(self, work: Generator[None]) -> None:
        """Take up work, of which nothing is done yet."""
        self._work = work

    def do(self) -> None:
        """Do the next piece; where it fails nothing is under way any more."""
        assert self._work is not None
        try:
            ended = next(self._work, _END) is _END
        except BaseException:
            self._work = None
            raise
        if ended:
            self._work = None

    def leave(self) -> None:
        """Give up what is under way."""
        if self._work is not None:
            self._work.close()
            self._work = None
