"""The README's example on real calls, run as it is written."""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run

ROOT = Path(__file__).parents[2]
HEADER = [
    "age",
    "job",
    "marital",
    "education",
    "default",
    "balance",
    "housing",
    "loan",
    "contact",
    "day",
    "month",
    "duration",
    "campaign",
    "pdays",
    "previous",
    "poutcome",
    "y",
]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

pytestmark = pytest.mark.shared


def original(call: dict[str, Any]) -> list[object]:
    """The line of the published file that a call was made of."""
    payload = call["payload"]
    previous = payload["previous"]
    words = {True: "yes", False: "no", None: "unknown"}
    return [
        payload["age"],
        *(payload[name] for name in ("job", "marital", "education")),
        words[payload["default"]],
        payload["balance"],
        *(words[payload["loans"][name]] for name in ("housing", "personal")),
        call["provider"],
        int(call["started_at"][8:10]),
        MONTHS[int(call["started_at"][5:7]) - 1],
        call["duration"],
        call["attempt"],
        -1 if previous["days"] is None else previous["days"],
        previous["count"],
        previous["outcome"] or "unknown",
        "yes" if call["outcome"] == "CONVERTED" else "no",
    ]


def commands(folder: Path) -> str:
    """The example's lines, with `callistics` as a command of this environment's."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n\. \.venv/bin/activate\n(.*?)```", text, re.DOTALL)
    assert block is not None
    activate = folder / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'callistics() {{ "{sys.executable}" -m callistics.cli "$@"; }}\n')
    return f"set -e\n. .venv/bin/activate\n{block[1]}"


def test_the_example_on_real_calls(run: Run, shared: Path, folder: Path) -> None:
    with (
        gzip.open(shared / "data" / "bank_marketing.ndjson.gz", "rt") as calls,
        (folder / "bank-full.csv").open("w", newline="") as file,
    ):
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(HEADER)
        writer.writerows(original(json.loads(line)) for line in calls)
    done = subprocess.run(
        ["sh", "-c", commands(folder)],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert "45,211 stored" in done.stdout
    shown = [re.sub(r"[ │|]+", " ", line).strip() for line in done.stdout.splitlines()]
    assert "45,211 258.16 0 4,918 11,671,811 180 548 751 1,269" in shown
    assert "1 17,544 38.8 2,561 14.6" in shown
    assert "5 1,764 3.9 139 7.88" in shown
    question = ("query", "calls_over_time", "--granularity", "month", "--timezone", "Europe/Lisbon")
    started = run(*question, "--engine", "duckdb://bank.db", "--format", "csv")
    assert started.stdout.splitlines()[1] == "2008-05-01,7957"
    assert len(started.stdout.splitlines()) == 32
