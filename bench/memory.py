"""The server's memory beside what the engine's buffers hold."""

from collections.abc import Iterator

from bench.live import WATCHED, Live, serving
from bench.questions import plain
from bench.records import bodies, lines
from bench.report import Result, Table
from bench.run import Run

MB = 1_000_000
LIMIT = 128
_COLUMNS = (
    "",
    "resident",
    "mapped from files",
    "engine's buffers",
    "resident less buffers",
    "peak",
)
Row = tuple[str, float, float, float, float, float]


def measure(run: Run) -> Result:
    if run.engine != "duckdb":
        return Result([], ["Measured on DuckDB alone, which tells what its buffers hold."])
    with serving(run.empty("memory"), WATCHED) as server:
        usual = list(_story(server, run.calls))
    limit = f"{LIMIT}MB"
    with serving(run.empty("memory-limited"), WATCHED, CALLISTICS_MEMORY_LIMIT=limit) as server:
        limited = list(_story(server, run.calls))
    with serving(run.empty("memory-large"), WATCHED) as server:
        for body in bodies(lines(run.calls), 100_000):
            server.client.store(body)
        large = [_row(server, f"{run.calls:,} calls in bodies of 100,000 records")]
    own = [row[4] for row in [*usual, *limited, *large]]
    over_limit = limited[-1][5] - LIMIT
    notes = [
        f"At rest at most {max(own):,.0f} MB over the engine's buffers, the process that reads"
        f" large bodies among them; with memory_limit={limit} and bodies of 10,000 records the"
        f" peak was {over_limit:,.0f} MB over that limit."
    ]
    tables = [
        Table("Memory with the default settings, MB", _COLUMNS, usual),
        Table(f"Memory with memory_limit={limit}, MB", _COLUMNS, limited),
        Table("Memory after the largest bodies, default settings, MB", _COLUMNS, large),
    ]
    return Result(tables, notes, {"own_mb": max(own), "peak_over_limit_mb": over_limit})


def _story(server: Live, calls: int) -> Iterator[Row]:
    asked = list(plain())
    yield _row(server, "empty store, opened")
    for question in asked:
        server.client.ask(question)
    yield _row(server, "empty, each type asked")
    for body in bodies(lines(calls), 10_000):
        server.client.store(body)
    yield _row(server, f"{calls:,} calls loaded, bodies of 10,000")
    for question in asked:
        server.client.ask(question)
    yield _row(server, "loaded, each type asked")


def _row(server: Live, name: str) -> Row:
    buffers = server.buffers() / MB
    memory = server.memory()
    resident = memory.resident / MB
    return name, resident, memory.files / MB, buffers, resident - buffers, memory.peak / MB
