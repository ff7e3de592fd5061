"""What a filter on a key of the payload costs on ClickHouse, by the column's type; in chDB."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.designs.calls import make
from bench.designs.store import MISSING, RUNS, Store, installed, opened
from bench.report import Cell, Result, Table
from bench.run import Run

_KEYS = ("kcity", "kplan", "klanguage", "kage")
_MAP = ", ".join(f"'{key}', assumeNotNull(payload.{key}.:String)" for key in _KEYS)
_WIDE = "min_bytes_for_wide_part = 0"
_BUCKETS = ", map_serialization_version = 'with_buckets', map_buckets_min_avg_size = 0"


@dataclass(frozen=True, slots=True)
class Form:
    """A column's type, how it is made of the JSON, and how the text of a bound key is read."""

    name: str
    type: str
    made: str
    read: str
    settings: str = ""


FORMS = {
    "json": Form("JSON, subcolumn named by a bound identifier", "JSON", "payload", "p.{}.:String"),
    "map": Form("Map(String, String)", "Map(String, String)", f"map({_MAP})", "p[{}]"),
    "buckets": Form(
        "Map(String, String) in buckets", "Map(String, String)", f"map({_MAP})", "p[{}]", _BUCKETS
    ),
    "text": Form("JSON as text", "String", "toJSONString(payload)", "JSONExtractString(p, {})"),
}
_FILTER = "SELECT outcome, count() FROM {} WHERE {} = {{city:String}} GROUP BY outcome ORDER BY 1"
_GROUP = "SELECT {} AS city, count() FROM {} GROUP BY city ORDER BY city"


QUESTIONS = ("filter, ms", "key that is nowhere, ms", "group by, ms")


def measure(run: Run) -> Result:
    if not installed():
        return Result([], [MISSING])
    with opened(run.folder("payloads")) as store:
        make(store, run.calls)
        sizes = {name: _load(store, name, form) for name, form in FORMS.items()}
        taken = [_by_turns(store, question) for question in range(len(QUESTIONS))]
    rows: list[Sequence[Cell]] = [
        (form.name, *(statistics.median(times[name]) for times in taken), sizes[name])
        for name, form in FORMS.items()
    ]
    title = f"{run.calls:,} calls, payload of {len(_KEYS)} keys"
    note = f"Medians of {RUNS} runs, the forms by turns."
    return Result([Table(title, ("", *QUESTIONS, "MB"), rows)], [note])


def _load(store: Store, name: str, form: Form) -> float:
    """Fill a table of the form; gives the column's size on disk in MB."""
    store.run(
        f"CREATE TABLE {name} (merchant_id LowCardinality(String), "
        f"outcome LowCardinality(Nullable(String)), p {form.type}) "
        f"ENGINE = MergeTree ORDER BY merchant_id SETTINGS {_WIDE}{form.settings}"
    )
    store.run(f"INSERT INTO {name} SELECT merchant_id, outcome, {form.made} FROM source")
    store.run(f"OPTIMIZE TABLE {name} FINAL")
    size = store.run(
        "SELECT sum(column_data_compressed_bytes) FROM system.parts_columns "
        f"WHERE active AND table = '{name}' AND column = 'p'"
    )
    return int(size) / 1_000_000


def _by_turns(store: Store, question: int) -> dict[str, list[float]]:
    """The times (ms) of one of the questions by form, after a first run of each."""
    taken: dict[str, list[float]] = {name: [] for name in FORMS}
    for number in range(RUNS + 1):
        for name, times in taken.items():
            waited = store.milliseconds(*_question(name, question))
            if number:
                times.append(waited)
    return taken


def _question(name: str, question: int) -> tuple[str, dict[str, str]]:
    """The statement and the values bound to it."""
    read = FORMS[name].read.format(f"{{key:{'Identifier' if name == 'json' else 'String'}}}")
    if question == len(QUESTIONS) - 1:
        return _GROUP.format(read, name), {"key": "kcity"}
    key = "kcity" if question == 0 else "knowhere"
    return _FILTER.format(name, read), {"key": key, "city": "city7"}
