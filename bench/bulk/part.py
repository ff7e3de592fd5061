"""Import of all calls into an empty store until everything is in order, beside others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import older
from bench.builds import OWN, Build
from bench.bulk import inputs
from bench.load import MB, imported
from bench.report import Cell, Result, Table
from bench.rivals import importing, postgres, upserting
from bench.run import BESIDE, Run, say
from bench.store import Store

FIRST = 2_000_000
"""Records that other formats and PostgreSQL are measured with."""
_WHOLE = (
    "",
    "import or table, s",
    "leads and order, s",
    "together, s",
    "records/s",
    "peak memory, MB",
    "bytes per call",
    "its time ÷ this build's",
)
_FORMATS = ("", "seconds", "records/s", "peak memory, MB", "time of NDJSON ÷ its own")
_UPSERTS = ("", "seconds", "records/s", "its time ÷ this build's")
_HOW = (
    "Older build and this one: `callistics import`, then the command that puts all in order, each"
    " from its start to its end. DuckDB by itself: `read_json` of the same file into a table with"
    " the payload as VARIANT; then leads grouped from it, and a copy sorted by month and merchant;"
    " a checkpoint after each. Nothing is checked or merged there. In CSV what is nested in the"
    " payload is text."
)
_MARKS = (
    "Marks: the older build at least 4 times this one's time, DuckDB at least a third of it; other"
    " formats at least 1 against NDJSON; PostgreSQL at least 5 times this build's."
)


@dataclass(frozen=True, slots=True)
class Whole:
    """What it takes until all is there and in order: seconds, bytes at the most, and bytes kept."""

    name: str
    table: float
    order: float
    records: int
    peak: int | None = None
    size: int | None = None

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.table + self.order


def measure(run: Run) -> Result:
    folder = run.folder("bulk")
    source = inputs.whole(run, folder)
    whole = [*_older(run, source), _own(run, source)]
    whole.append(_duckdb(run, source, whole[-1].records))
    first = inputs.first(run, folder, FIRST)
    ndjson = _own(run, first)
    upserts, told = _upserts(run, first, ndjson)
    tables = [_table(run, whole), _formats(run, first, ndjson), *upserts]
    notes = [_HOW, upserting.HOW, _MARKS, *told]
    if run.calls > inputs.UNPACKED:
        notes.append("All of the first table read the file compressed.")
    return Result(tables, notes if run.beside else [*notes, older.NONE])


def _older(run: Run, source: Path) -> Iterator[Whole]:
    """What the older build needs, if one was given; other parts ask what it has stored."""
    if run.beside is not None:
        store = run.empty(BESIDE)
        yield _whole(run.beside, store, source)
        older.keep(store, run.beside)


def _own(run: Run, source: Path) -> Whole:
    store = run.empty("bulk-own")
    found = _whole(OWN, store, source)
    store.remove()
    return found


def _whole(build: Build, store: Store, source: Path) -> Whole:
    done, order = older.load(build, store, source)
    name = f"{'this' if build is OWN else 'older'} build, {build.revision}"
    return Whole(name, done.seconds, order, done.records, done.peak, store.bytes())


def _duckdb(run: Run, source: Path, records: int) -> Whole:
    say("DuckDB by itself")
    folder = run.folder("bulk-duckdb")
    taken = importing.by_itself(source, folder)
    (folder / "calls.db").unlink()
    return Whole("DuckDB by itself", taken.table, taken.leads + taken.ordered, records)


def _table(run: Run, whole: Sequence[Whole]) -> Table:
    own = whole[-2]
    rows: list[Sequence[Cell]] = [
        (
            one.name,
            one.table,
            one.order,
            one.seconds,
            one.records / one.seconds,
            None if one.peak is None else one.peak / MB,
            None if one.size is None else one.size / run.calls,
            one.seconds / own.seconds,
        )
        for one in whole
    ]
    title = (
        f"{own.records:,} records of an NDJSON file into an empty store, all in order afterwards"
    )
    return Table(title, _WHOLE, rows)


def _formats(run: Run, first: Path, ndjson: Whole) -> Table:
    """The same records from files of other formats. Raises `RuntimeError` if they are not."""
    say("writing other formats")
    files = {"Parquet": inputs.parquet(first), "CSV": inputs.csv(first)}
    rows = [_format("NDJSON", ndjson.table, ndjson.records, ndjson.peak or 0, ndjson)]
    for name, path in files.items():
        say(f"importing {name}")
        store = run.empty("bulk-format")
        done = imported(store, path)
        store.remove()
        if done.records != ndjson.records:
            raise RuntimeError(f"{name}: {done.records:,} records of {ndjson.records:,}")
        rows.append(_format(name, done.seconds, done.records, done.peak, ndjson))
    title = f"`callistics import` of the first {ndjson.records:,} records by format of the file"
    return Table(title, _FORMATS, rows)


def _format(name: str, seconds: float, records: int, peak: int, ndjson: Whole) -> Sequence[Cell]:
    return name, seconds, records / seconds, peak / MB, ndjson.table / seconds


def _upserts(run: Run, first: Path, own: Whole) -> tuple[list[Table], list[str]]:
    """A table beside PostgreSQL with a note, or a note why there is none."""
    if not postgres.installed():
        return [], [postgres.MISSING]
    taken = upserting.taken(first, run.folder("bulk-postgres"))
    ways = {own.name: own.seconds, "PostgreSQL": sum(taken.batches)}
    rows: list[Sequence[Cell]] = [
        (name, seconds, own.records / seconds, seconds / own.seconds)
        for name, seconds in ways.items()
    ]
    title = f"The first {own.records:,} records beside PostgreSQL, all in order afterwards"
    return [Table(title, _UPSERTS, rows)], [f"PostgreSQL stored {taken.calls:,} calls."]
