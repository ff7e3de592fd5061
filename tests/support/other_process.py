"""The process that decodes beside a server, as tests look at it from inside."""

# pyright: reportPrivateUsage=false

import os
import signal

from callistics.ingest.decode_process import DecodeProcess


class Other:
    """The other process that decodes."""

    def __init__(self, reading: DecodeProcess) -> None:
        assert reading._other is not None
        self._other = reading._other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Other) and other._other is self._other

    def __hash__(self) -> int:
        return id(self._other)

    def wait(self) -> None:
        """Wait until it can be asked."""
        assert self._other._connection.poll(60)

    def kill(self) -> None:
        self._other._process.kill()
        self._other._process.join()

    def halt(self) -> None:
        assert self._other._process.pid is not None
        os.kill(self._other._process.pid, signal.SIGSTOP)

    @property
    def is_alive(self) -> bool:
        return self._other._process.is_alive()

    def abandoned(self) -> int | None:
        """Its exit code once it is left alone, as if the process that asks had been killed."""
        self._other._connection.close()
        self._other._process.join(30)
        return self._other._process.exitcode


def has_other(reading: DecodeProcess) -> bool:
    return reading._other is not None
