"""An older build and this one by turns: queries, records, memory and bytes."""

from collections.abc import Sequence

from bench import older
from bench.live import Live, serving
from bench.load import MB
from bench.population import population
from bench.report import Cell, Result, Table
from bench.run import Run
from bench.store import Store
from bench.versus import asking, writing

_COLUMNS = ("", "older build", "this build", "this ÷ older")
_NOTE = (
    "Both builds at once, each on its own database of the same calls, and each request to one after"
    " the other, by turns first. Marks: as stated; one merchant's month, plain and with a city, at"
    " least 2.5 times; memory and bytes per call at most 1.05."
)


def measure(run: Run) -> Result:
    if run.beside is None:
        return Result([], [older.NONE])
    loaded = older.store(run, run.beside)
    with serving(loaded, build=run.beside) as other, serving(run.store) as own:
        found = asking.asked(other, own, population(run, own.client))
        sizes = _sizes(run, loaded, other, own)
    tables = [asking.sums(found), asking.by_type(found), sizes]
    tables += writing.tables(run, run.beside, loaded)
    details = {str(name): {"older_ms": one.older, "own_ms": one.own} for name, one in found.items()}
    return Result(tables, [_NOTE, *asking.agreement(found)], details)


def _sizes(run: Run, loaded: Store, other: Live, own: Live) -> Table:
    pairs = {
        "peak memory of the server after the queries, MB": [
            one.peak() / MB for one in (other, own)
        ],
        "bytes on disk per call": [one.bytes() / run.calls for one in (loaded, run.store)],
    }
    rows: list[Sequence[Cell]] = [
        (name, before, now, now / before) for name, (before, now) in pairs.items()
    ]
    return Table("Memory and bytes", _COLUMNS, rows)
