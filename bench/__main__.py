"""Measure the product: `python -m bench [part ...] [--calls N] [--engine NAME] [--beside PATH]`.

Without a part, all main ones run, one after the other. A finished part leaves its file in
bench/results, and is left out when the command is given again; `report` alone prints what there is.
"""

import argparse
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from bench import document, machine
from bench.builds import checkout
from bench.parts import MAIN, PARTS, in_order
from bench.report import load, save
from bench.run import SMALL, Run, say
from bench.store import ENGINES

FULL = 10_000_000


def main() -> int:
    given = _arguments()
    run = Run(given.calls, given.engine, given.seconds, given.beside)
    failed: list[str] = []
    if given.parts != ["report"]:
        names = in_order([name for name in given.parts if name != "report"])
        if given.fresh:
            _forget(run, given.parts)
        failed = [name for name in names if not _finished(run, name)]
    text = document.write(run)
    if given.into:
        document.insert(text, given.into)
        say(f"written into {given.into}")
    else:
        print(text)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    others = [name for name in PARTS if name not in MAIN]
    listed = f"{', '.join(MAIN)}; report\nonly where named: {', '.join(others)}"
    parser.add_argument("parts", nargs="*", metavar="part", help=listed)
    sizes = f"default: {FULL:,}, where only others than the main parts are named {SMALL:,}"
    parser.add_argument("--calls", type=int, help=sizes)
    parser.add_argument("--engine", choices=ENGINES, default="duckdb", help="default: %(default)s")
    parser.add_argument("--seconds", type=int, default=60, help="of mixed; default: %(default)s")
    parser.add_argument("--beside", type=Path, help="checkout of an older build to measure too")
    parser.add_argument("--fresh", action="store_true", help="forget what is finished")
    parser.add_argument("--into", type=Path, help="a file that gets the report between its marks")
    given = parser.parse_args()
    unknown = [name for name in given.parts if name not in (*PARTS, "report")]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    if given.calls is None:
        large = not given.parts or any(name in (*MAIN, "report") for name in given.parts)
        given.calls = FULL if large else SMALL
    if given.beside is not None:
        try:
            given.beside = checkout(given.beside)
        except FileNotFoundError as error:
            parser.error(str(error))
    if given.calls < 1_000:
        parser.error("--calls from 1000 on")
    return given


def _forget(run: Run, parts: list[str]) -> None:
    """Drop the results of the named parts, or of all with their databases."""
    for name in parts:
        (run.results / f"{name}.json").unlink(missing_ok=True)
    if not parts:
        shutil.rmtree(run.results, ignore_errors=True)
        shutil.rmtree(run.work, ignore_errors=True)


def _finished(run: Run, name: str) -> bool:
    """Whether the part is done, now or since an earlier run."""
    path = run.results / f"{name}.json"
    beside = run.beside.revision if run.beside and PARTS[name].beside else None
    if path.exists() and (beside is None or load(path)[1].get("beside") == beside):
        say(f"{name}: finished already")
        return True
    missing = [one for one in PARTS[name].needs if not (run.results / f"{one}.json").exists()]
    if missing:
        say(f"{name}: left out, it needs {', '.join(missing)}")
        return False
    say(f"{name}: {run.calls:,} calls on {run.engine}")
    run.work.mkdir(parents=True, exist_ok=True)
    neighbours, started = machine.Neighbours(), time.perf_counter()
    try:
        result = PARTS[name].measure(run)
    except Exception:  # noqa: BLE001 - the other parts are worth having, and it is told at the end
        traceback.print_exc()
        return False
    seconds = time.perf_counter() - started
    facts: dict[str, Any] = {
        **machine.facts(),
        "calls": run.calls,
        "engine": run.engine,
        "part": name,
        "beside": beside,
        "seconds": round(seconds, 1),
        "other_cores": neighbours.cores(),
    }
    save(path, result, facts)
    run.maintain()
    say(f"{name}: {seconds:.0f} s")
    return True


if __name__ == "__main__":
    sys.exit(main())
