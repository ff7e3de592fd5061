"""`callistics webhook`: endpoints and dead letters, and what a body becomes."""

import json
from pathlib import Path

import pytest

from callistics.cli.commands.webhook import command as group
from support.pages import words_of
from support.webhook_events import PlatformCall
from support.webhook_server import CALLS

from .conftest import Run


def test_an_endpoint_from_making_to_ending(run: Run) -> None:
    made = run("webhook", "create", "telnyx", "--merchant", "m1", "--reseller", "r1",
               "--secret", "A" * 43 + "=", "--keep", "data.id",
               "--address", "192.0.2.0/24")  # fmt: skip
    assert made.stdout.startswith("http://localhost/webhooks/telnyx/")
    endpoint_id = made.stderr.splitlines()[1].split()[1].rstrip(",")
    listed = run("webhook", "list").stdout
    assert endpoint_id in listed
    assert "192.0.2.0/24" in listed
    changed = run("webhook", "update", endpoint_id, "--second-secret", "B" * 43 + "=").stdout
    assert changed == f"{endpoint_id} has 2 secrets.\n"
    moved = run("webhook", "update", endpoint_id, "--merchant-from", "data.who", "--keep", "data.a")
    assert moved.stdout == changed
    assert "from data.who" in run("webhook", "list").stdout
    assert "has 1 secrets" in run("webhook", "update", endpoint_id, "--second-secret", "").stdout
    letters = run("webhook", "dead-letters", endpoint_id)
    assert "0 of 0" in letters.stderr
    assert json.loads(run("webhook", "dead-letters", endpoint_id, "--json").stdout)["total"] == 0
    assert run("webhook", "dead-letters", endpoint_id, "--delete").stdout == "Deleted 0.\n"
    replayed = run("webhook", "replay", endpoint_id).stdout
    assert replayed == "Replayed 0: 0 mapped, 0 ignored, 0 dead, 0 erased.\n"
    assert run("webhook", "delete", endpoint_id).stdout == f"Ended {endpoint_id}.\n"
    assert "ended" in run("webhook", "list").stdout


def test_endpoints_are_made_as_the_help_shows(run: Run) -> None:
    made: set[str] = set()
    for epilog in (group.epilog, group.commands["create"].epilog):
        _, _, examples = (epilog or "").partition("Examples:")
        for _, _, command, *arguments in words_of(examples.strip()):
            if command == "create":
                made.add(run("webhook", command, *arguments).stdout.split("/")[4])
    assert made == {"vapi", "bolna", "retell"}


def test_what_is_wrong_with_an_endpoint_is_a_sentence(run: Run) -> None:
    found = run("webhook", "create", "vappi", "--merchant", "m1", code=1).output
    assert 'did you mean "vapi"' in found
    assert "default_reseller_id is not set" in found


@pytest.mark.parametrize(("source", "call"), CALLS.items())
def test_what_a_body_becomes(source: str, call: PlatformCall, run: Run, folder: Path) -> None:
    body = folder / "body"
    body.write_bytes(call.events[-1][0])
    lines = run("webhook", "try", source, body).stdout.splitlines()
    records = [json.loads(line) for line in lines]
    assert {one["call_id"] for one in records} == {call.call_id}
    assert "merchant_id" not in records[0]
    for said in call.more:
        body.write_bytes(said[0])
        assert "says nothing of a call" in run("webhook", "try", source, body).stderr


def test_a_body_that_would_be_a_dead_letter(run: Run, folder: Path) -> None:
    body = folder / "body"
    body.write_text('{"event": "call_ended", "call": {}}')
    found = run("webhook", "try", "retell", body, code=1).stderr
    assert "would be a dead letter: call_id: the body has none; updated_at" in found
    assert "did you mean" in run("webhook", "try", "retel", body, code=2).stderr


@pytest.mark.shared
def test_every_sample_of_a_webhook(run: Run, shared: Path) -> None:
    """Those of the interfaces that are asked say nothing of a call as webhooks."""
    becomes: dict[str, int] = {}
    for file in sorted((shared / "samples").glob("*/*")):
        if file.parent.name in CALLS:
            lines = run("webhook", "try", file.parent.name, file).stdout.splitlines()
            becomes[f"{file.parent.name}/{file.stem}"] = len(lines)
    calls = {name: number for name, number in becomes.items() if number}
    assert calls == {
        "elevenlabs/post_call_transcription": 1,
        "retell/call_analyzed_composed_from_docs": 1,
        "retell/call_ended_official_docs": 1,
        # The start is worked out.
        "twilio/status_callback_completed_human": 2,
        "vapi/end-of-call-report_2024": 1,
        "vapi/end-of-call-report_2025": 1,
        "vapi/end-of-call-report_pipeline_error_2024": 1,
        "vapi/status-update_ended_silence": 1,
    }
