"""The requests that wait for the writer."""

from collections import deque

from callistics.ingest.job import Job


class JobQueue:
    """In the order in which they came, urgent ones in front. The caller holds the lock."""

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
    def is_unlimited(self) -> bool:
        """Whether one of them is."""
        return self._unlimited > 0

    def add(self, job: Job) -> None:
        """Have one wait."""
        (self._urgent if job.urgent else self._others).append(job)
        self.records += _records(job)
        self._unlimited += job.unlimited

    def take_urgent(self) -> list[Job]:
        """Take the urgent ones out."""
        return [self._out(self._urgent) for _ in range(len(self._urgent))]

    def take(self, most: int) -> list[Job]:
        """Take the first out, as many as it takes to have `most` records."""
        taken, left = self.take_urgent(), most
        while self._others and left > 0:
            job = self._out(self._others)
            left -= _records(job)
            taken.append(job)
        return taken

    def _out(self, waiting: deque[Job]) -> Job:
        job = waiting.popleft()
        self.records -= _records(job)
        self._unlimited -= job.unlimited
        return job


def _records(job: Job) -> int:
    return 1 if job.batch is None else job.batch.received
