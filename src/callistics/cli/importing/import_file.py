"""One file of an import: read, mapped, sent and reported."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from callistics.cli.importing.progress import BadLineReport, progress_bar
from callistics.cli.importing.sender import Sender
from callistics.cli.importing.watching import Watch
from callistics.cli.root import Failure
from callistics.files.csv import csv_lines
from callistics.files.encode import as_texts
from callistics.files.lines import Batch, Line, UnreadableError, batched
from callistics.files.mapped import changed
from callistics.files.ndjson import json_lines
from callistics.files.open import STDIN, Format, format_of, open_file, unbroken
from callistics.mapping.mapping import RecordMapping

# Two of these fit into what a server takes at once by default.
_BATCH_BYTES = 1 << 25
# A commit costs less for each record the more there are, but others wait for it. Where no server
# runs, several are committed together.
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read."""

    mapping: RecordMapping
    format: Format | None = None
    delimiter: str | None = None
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file's lines, how much of it there is in bytes or rows, and how much was read so far."""

    lines: Iterator[Line]
    size: int | None
    position: Callable[[], int]


def import_file(
    name: str, reading: Reading, sender: Sender, report: BadLineReport, watch: Watch
) -> None:
    """Import one file. Raises `Failure` where it has to stop."""
    before = sender.tally.kept
    size = reading.batch_size or _BATCH
    try:
        with _opened(name, reading) as source, progress_bar() as bar:
            task = bar.add_task(name, total=source.size)
            sender.prepare(size, source.size or 0)
            refused: Batch | None = None
            # Closed at once, so that what is under way is waited for, and counts.
            lines = source.lines if sender.takes_records else as_texts(source.lines)
            batches = watch.over(_placed(batched(lines, size, _BATCH_BYTES), source))
            with closing(sender.send_all(batches)) as answers:
                for sent in answers:
                    report.add(name, sent.bad)
                    bar.update(task, completed=sent.batch.position)
                    if sent.refused and refused is None:
                        refused = sent.batch
            if refused is not None:
                raise Failure(_refused(name, refused))
    except UnreadableError as error:
        kept = sender.tally.kept - before
        text = f"; stored before that: {kept:,}" if kept else ""
        raise Failure(f"{name}: {error}{text}") from error


def _placed(batches: Iterator[Batch], source: Source) -> Iterator[Batch]:
    """The batches, with how much of the source was read when each was full."""
    for batch in batches:
        batch.position = source.position()
        yield batch


@contextmanager
def _opened(name: str, reading: Reading) -> Generator[Source]:
    kind = reading.format or format_of(name)
    if kind in ("parquet", "arrow"):
        yield _typed(name, kind, reading.mapping)
        return
    with open_file(name) as file:
        if kind == "csv":
            lines = csv_lines(file.data, reading.mapping, reading.delimiter)
        elif reading.mapping.changes_nothing:
            lines = json_lines(file.data)
        else:
            lines = changed(json_lines(file.data), reading.mapping)
        yield Source(unbroken(lines), file.size, file.position)


def _typed(name: str, kind: Format, mapping: RecordMapping) -> Source:
    # Loaded here: other formats do without Arrow.
    from callistics.files import parquet as rows  # noqa: PLC0415

    if name == STDIN:
        raise UnreadableError(f"{kind.title()} is read from a file, so it cannot come from a pipe")
    read = 0
    lines = rows.arrow_lines if kind == "arrow" else rows.parquet_lines
    total = None if kind == "arrow" else rows.row_count(name)

    def counted() -> Iterator[Line]:
        nonlocal read
        for line in lines(name, mapping):
            read = line.number
            yield line

    return Source(counted(), total, lambda: read)


def _refused(name: str, batch: Batch) -> str:
    return (
        f"stopped: nothing of lines {batch.first:,} to {batch.last:,} of {name} was stored; all"
        " before them is, and some after them may be. Correct the lines and import the file again,"
        " or leave them out with --on-error skip."
    )
