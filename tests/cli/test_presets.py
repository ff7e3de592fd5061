"""Files of well-known systems: every preset, over made-up rows and over real samples."""

import json
from pathlib import Path
from typing import Any

import pytest

from callistics.cli.importing.base_mapping import presets
from callistics.mapping import builtin
from support.people_files import TENANT
from support.preset_files import PRESETS

from .conftest import Run

SAMPLES = {
    "twilio/call_cancel.json": ("twilio-calls", 1),
    "twilio/call_fetch.json": ("twilio-calls", 1),
    "twilio/call_read_full_page1.json": ("twilio-calls", 2),
    "plivo/callListResponse.json": ("plivo-calls", 2),
    "plivo/callGetResponse.json": ("plivo-calls", 1),
    "bland/list_calls_docs_example.json": ("bland-calls", 1),
    "retell/call_object_official_docs.json": ("retell-calls", 1),
    "retell/call_ended_official_docs.json": ("retell-calls", 1),
    "retell/call_analyzed_composed_from_docs.json": ("retell-calls", 1),
    "elevenlabs/post_call_transcription.json": ("elevenlabs-conversations", 1),
}


def figures(run: Run, query_type: str, *options: str) -> Any:
    return json.loads(run("query", query_type, "--format", "json", *options).stdout)["data"]


def understood(shown: str) -> bool:
    """Whether a dry run found nothing wrong, and nothing that would have to wait."""
    return "Not understood" not in shown and "What would help" not in shown


def test_every_preset_has_an_example() -> None:
    assert set(presets()) <= PRESETS.keys()
    assert len(presets()) == 11


@pytest.mark.parametrize("name", presets())
def test_presets_say_what_they_follow_and_read_nothing_twice(name: str) -> None:
    mapping = builtin(name)
    assert mapping.title
    assert mapping.format
    assert mapping.sources
    assert mapping.layout.reads in ("csv", "ndjson")
    assert {"call_id", "started_at"} <= mapping.fields.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_examples_are_understood_whole(name: str, run: Run, folder: Path) -> None:
    given = PRESETS[name]
    (folder / given.name).write_bytes(given.data)
    assert understood(run("import", given.name, *given.options, "--dry-run").stdout)


@pytest.mark.shared
@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_go_in_unchanged(sample: str, run: Run, shared: Path) -> None:
    preset, calls = SAMPLES[sample]
    file = shared / "samples" / sample
    shown = run("import", file, "--format", preset, *TENANT, "--dry-run").stdout
    assert understood(shown)
    assert f"The first {calls} of {calls} row" in shown


def test_minutes_cents_and_charges_below_zero(run: Run, folder: Path) -> None:
    for name in ("bland-calls", "retell-calls", "twilio-calls"):
        given = PRESETS[name]
        (folder / given.name).write_bytes(given.data)
        assert " 0 pending, 0 rejected" in run("import", given.name, *given.options).stdout
        assert " 0 stored" in run("import", given.name, *given.options).stdout
    (duration,) = figures(run, "call_duration")
    assert (duration["count"], duration["total"]) == (3, pytest.approx(50.04 + 42.5 + 42))
    (cost,) = figures(run, "measure", "--measure", "cost")
    assert (cost["currency"], cost["sum"]) == ("USD", pytest.approx(0.075 + 0.013))


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("retell-calls", {"user_hangup", "voicemail_reached"}),
        ("elevenlabs-conversations", {"done", "voicemail"}),
    ],
)
def test_a_mailbox_is_told_from_a_conversation(
    name: str, outcomes: set[str], run: Run, folder: Path
) -> None:
    given = PRESETS[name]
    (folder / given.name).write_bytes(given.data)
    run("import", given.name, *given.options)
    assert {row["outcome"] for row in figures(run, "outcome_distribution")} == outcomes
    (row,) = figures(run, "success_rate")
    assert (row["calls"], row["reached"]) == (2, 1)


def test_options_have_their_say_over_a_preset(run: Run, folder: Path) -> None:
    given = PRESETS["freeswitch-cdr"]
    (folder / given.name).write_bytes(given.data)
    over = ("--map", "duration=billsec", "--map", "agent_id=context")
    run("import", given.name, *given.options, *over)
    assert figures(run, "call_duration")[0]["total"] == 60
    assert figures(run, "call_count", "--filter", "agent_id=default") == [{"count": 2}]


def test_a_preset_that_is_none_is_named_with_what_was_meant(run: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("")
    shown = run("import", "a.csv", "--format", "asterisk-cdrs", code=2).output
    assert 'there is no "asterisk-cdrs", did you mean "asterisk-cdr"?' in shown
    shown = run("import", "a.csv", "--format", "vapi", code=2).output
    assert "it is one of ndjson, csv" in shown or 'did you mean "vapi-calls"' in shown
    shown = run("import", "a.csv", "--format", "vicidial", "--kind", "leads", code=2).output
    assert "--kind leads: the mapping vicidial makes calls" in shown
