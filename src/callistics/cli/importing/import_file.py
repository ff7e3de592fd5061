"""One file of an import: read, mapped, sent and reported."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from callistics.cli.importing.progress import BadLineReport, progress_bar
from callistics.cli.importing.sender import Sender
from callistics.cli.importing.watching import Watch
from callistics.cli.root import Failure
from callistics.files.encode import as_texts
from callistics.files.fitting import fitted
from callistics.files.lines import Batch, UnreadableError, batched
from callistics.files.open import Format
from callistics.files.remote import local_copy, shown_name
from callistics.files.sources import Source, format_for, opened
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
    batch_size: int | None = None

    def format_of(self, name: str) -> Format:
        """The format of a file. Raises `UnreadableError` where nothing tells it."""
        return format_for(name, self.format, self.mapping.layout)


def import_file(
    name: str, reading: Reading, sender: Sender, report: BadLineReport, watch: Watch
) -> None:
    """Import one file. Raises `Failure` where it has to stop."""
    before = sender.tally.kept
    size = reading.batch_size or _BATCH
    try:
        kind = reading.format_of(name)
        with (
            local_copy(name) as path,
            opened(path, kind, reading.mapping) as source,
            progress_bar() as bar,
        ):
            task = bar.add_task(shown_name(name), total=source.size)
            sender.prepare(size, source.size or 0)
            refused: Batch | None = None
            # Closed at once, so that what is under way is waited for, and counts.
            placed = _placed(_batches(source, size, as_records=sender.takes_records), source)
            batches = watch.over(fitted(placed, reading.mapping))
            with closing(sender.send_all(batches)) as answers:
                for sent in answers:
                    report.add(shown_name(name), sent.bad)
                    bar.update(task, completed=sent.batch.position)
                    if sent.refused and refused is None:
                        refused = sent.batch
            if source.table is not None:
                watch.empty_rows = source.table.left_out
                watch.ending = [*source.table.about_ending()]
            if refused is not None:
                raise Failure(_refused(shown_name(name), refused))
    except UnreadableError as error:
        kept = sender.tally.kept - before
        text = f"; stored before that: {kept:,}" if kept else ""
        raise Failure(f"{shown_name(name)}: {error}{text}") from error


def _batches(source: Source, size: int, *, as_records: bool) -> Iterator[Batch]:
    if as_records and source.batches is not None:
        return source.batches(size, _BATCH_BYTES)
    lines = source.lines if as_records else as_texts(source.lines)
    return batched(lines, size, _BATCH_BYTES)


def _placed(batches: Iterator[Batch], source: Source) -> Iterator[Batch]:
    """The batches, with how much of the source was read when each was full."""
    for batch in batches:
        batch.position = source.position()
        yield batch


def _refused(name: str, batch: Batch) -> str:
    return (
        f"stopped: nothing of lines {batch.first:,} to {batch.last:,} of {name} was stored; all"
        " before them is, and some after them may be. Correct the lines and import the file again,"
        " or leave them out with --on-error skip; --dry-run says which option would help."
    )
