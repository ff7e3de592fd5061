"""The requests that wait for the writer."""

from collections import deque

from callistics.ingest.job import Job


class Line:
    """In the order in which they came, urgent ones in front. For who has a lock of their own."""

    def __init__(self) -> None:
        self._urgent: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._unlimited = 0
        self.records = 0
        """How many records they bring; what brings none counts as one."""

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others)

    @property
    def is_urgent(self) -> bool:
        """Whether one of them is."""
        return bool(self._urgent)

    @property
    def is_gathered(self) -> bool:
        """Whether one is unlimited: who sends these has gathered what came meanwhile."""
        return self._unlimited > 0

    def add(self, job: Job) -> None:
        """Have one wait."""
        (self._urgent if job.urgent else self._others).append(job)
        self.records += _records(job)
        self._unlimited += job.unlimited

    def take(self, most: int) -> list[Job]:
        """Take out the urgent ones; where there are none, as many as have `most` records.

        Nothing that may fail, or take long, is committed with an urgent one.
        """
        urgent = self._taken(self._urgent, len(self._urgent))
        return urgent or self._taken(self._others, most)

    def _taken(self, waiting: deque[Job], most: int) -> list[Job]:
        taken: list[Job] = []
        while waiting and most > 0:
            job = waiting.popleft()
            size = _records(job)
            self.records -= size
            self._unlimited -= job.unlimited
            most -= size
            taken.append(job)
        return taken


def _records(job: Job) -> int:
    return 1 if job.batch is None else job.batch.received
