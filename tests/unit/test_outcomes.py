"""Outcomes compare by keys, and by default the words for "nobody answered" are no success."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callistics.errors import SettingsError
from callistics.records.outcomes import outcome_key, outcome_keys
from callistics.records.unreached import DEFAULT_UNREACHED, SOURCES, sources_by_key
from callistics.settings import load_settings
from callistics.sql.selection import Policy
from oracle.reference.success import key
from support.engines import ENGINES
from support.store import lent

VARIABLE = "CALLISTICS_UNREACHED_OUTCOMES"
NOBODY = (
    "NOANSWER",
    "CHANUNAVAIL",
    "CONGESTION",
    "customer-did-not-answer",
    "dial_no_answer",
    "voicemail_reached",
    "machine_detected",
    "Not Answered",
    "no_answer ",
    "",
    " ?! ",
    "Busy.",
    "\uff22\uff35\uff33\uff39",
    "call.in-progress.error-sip-outbound-call-failed-to-connect",
    "486 Busy Here",
    "No answer from user (user alerted)",
    "noAnswer",
    "hangup_on_voicemail",
    "Ring Timeout Reached",
)
SPOKEN_TO = (
    "Normal Hangup",
    "End Of XML Instructions",
    "Scheduled Hangup",
    "Media Timeout",
)


def calls(outcomes: tuple[str | None, ...]) -> list[dict[str, Any]]:
    fields = {"merchant_id": "m", "reseller_id": "r", "started_at": "2026-01-15T09:00:00Z"}
    return [
        {"call_id": f"c{number}", "attempt": 1, "outcome": outcome} | fields
        for number, outcome in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("no_answer ", "NO_ANSWER"),
        ("call.start.error -- x", "CALL_START_ERROR_X"),
        ("stra\u00dfe", "STRASSE"),
        ("\ufb01x", "FIX"),
        ("BU\u017fY", "BUSY"),
        ("i\u0307", "I\u0307"),
        ("\u0131", "I"),
        ("\u0915\u094d\u0937", "\u0915\u094d\u0937"),
        ("\u0662 \u216b \u00bd", "\u0662_XII_1_2"),
        ("\u3007", None),
        ("__", None),
        ("", None),
    ],
)
def test_the_key_of_an_outcome(outcome: str, expected: str | None) -> None:
    assert outcome_key(outcome) == expected


@given(st.text())
def test_a_key_is_as_the_reference_has_it(outcome: str) -> None:
    assert (outcome_key(outcome) or "") == key(outcome)


def test_several_keys_are_each_there_once() -> None:
    assert outcome_keys(("no answer", "?", "NO-ANSWER", "busy")) == ("NO_ANSWER", "BUSY")


def test_every_word_of_the_default_has_a_source_and_is_a_key() -> None:
    assert [outcome_key(word) for word in DEFAULT_UNREACHED] == list(DEFAULT_UNREACHED)
    assert sorted(set(DEFAULT_UNREACHED)) == list(DEFAULT_UNREACHED)
    assert all(sources_by_key()[word] for word in DEFAULT_UNREACHED)


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_source_says_which_edition_its_words_are_of(source: Any) -> None:
    assert source.owner
    assert source.document
    assert sorted(set(source.words)) == list(source.words)
    assert None not in map(outcome_key, source.words)


def test_every_platform_has_words() -> None:
    agents = {"Vapi", "Retell", "Bland", "ElevenLabs", "LiveKit", "Bolna", "Synthflow"}
    carriers = {"Twilio", "Plivo", "Exotel", "Telnyx", "Vonage", "Asterisk", "FreeSWITCH", "SIP"}
    assert agents | carriers <= {source.owner for source in SOURCES}


@pytest.mark.parametrize("word", SPOKEN_TO)
def test_the_end_of_a_conversation_is_no_word_of_the_default(word: str) -> None:
    assert outcome_key(word) not in DEFAULT_UNREACHED


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_spoken_to_is_no_success(engine: str) -> None:
    with lent(engine) as store:
        store.send("calls", calls((*NOBODY, None, "Confirmed", "customer-ended-call")))
        for rollups in (True, False):
            (row,) = store.ask({"query_type": "retry_analysis"}, rollups=rollups)["data"]
            assert (row["calls"], row["successes"]) == (len(NOBODY) + 3, 2)
        # A text that says nothing is listed as any other.
        listed = store.rows("outcome_distribution", filters={"outcome": ""})
        assert [row["count"] for row in listed] == [1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("policy", "successes"),
    [
        (Policy(unreached_outcomes=()), 2),
        (Policy(unreached_outcomes=("no  answer!",)), 1),
        (Policy(success_outcomes=("NO_answer.",)), 1),
    ],
)
def test_settings_compare_by_key(engine: str, policy: Policy, successes: int) -> None:
    with lent(engine, policy) as store:
        store.send("calls", calls(("No-Answer", "busy", "", None)))
        (row,) = store.rows("retry_analysis")
        assert row["successes"] == successes


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[]", ()), ("", None), (" ", None), ("busy,no answer", ("busy", "no answer"))],
)
def test_the_setting_replaces_the_whole_default(
    text: str, expected: tuple[str, ...] | None
) -> None:
    assert load_settings({VARIABLE: text}).unreached_outcomes == expected


def test_an_outcome_without_a_key_is_refused_as_a_setting() -> None:
    with pytest.raises(SettingsError, match="by letters or digits, not by '!!'"):
        load_settings({VARIABLE: "busy,!!"})


@given(st.text())
def test_a_key_has_no_sign_of_a_verdict_or_a_list(outcome: str) -> None:
    assert not set("|+-") & set(outcome_key(outcome) or "")
