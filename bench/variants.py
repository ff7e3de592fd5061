"""`callistics serve` with a change that a measurement needs: `watched` or `canned`."""

import json
import sys
import threading
from collections.abc import Callable, Sequence

from callistics.engines.base import ServedEngine
from callistics.engines.registry import open_engine
from callistics.server import app
from callistics.server.serving import serve
from callistics.settings import Settings, load_settings
from callistics.sql.dialect import SqlRow, Statement


def _watched(engine: ServedEngine) -> None:
    """For each line of input, print what the engine's buffers hold."""

    def answer() -> None:
        query = Statement("SELECT tag, memory_usage_bytes FROM duckdb_memory()", ())
        for _ in sys.stdin:
            print(json.dumps({str(tag): size for tag, size in engine.run(query)}), flush=True)

    threading.Thread(target=answer, daemon=True).start()


def _canned(engine: ServedEngine) -> None:
    """Run each statement once, and give its rows again from memory."""
    run = engine.run
    known: dict[tuple[str, str], Sequence[SqlRow]] = {}

    def canned(statement: Statement) -> Sequence[SqlRow]:
        name = statement.text, repr(statement.values)
        if name not in known:
            known[name] = run(statement)
        return known[name]

    engine.run = canned


VARIANTS: dict[str, Callable[[ServedEngine], None]] = {"watched": _watched, "canned": _canned}


def main() -> None:
    change = VARIANTS[sys.argv[1]]

    def opening(settings: Settings, **how: bool) -> ServedEngine:
        engine = open_engine(settings, **how)
        change(engine)
        return engine

    app.open_engine = opening
    serve(load_settings(), on_ready=lambda _: None)


if __name__ == "__main__":
    main()
