"""What a success is, and when somebody was reached, by the installation's policy.

Both are true or false, never null, whatever of a call is missing.

Each also has a verdict, one text that a call is judged by, so that calls can be counted by it
first: the key of the call's outcome, or `+` or `-` where something else decides. Keys have neither.
"""

from callistics.records.outcomes import outcome_keys
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame

_YES, _NO = "+", "-"
SUCCESS_VERDICT = (
    f"CASE WHEN c.success IS NULL THEN c.outcome_key WHEN c.success THEN '{_YES}' ELSE '{_NO}' END"
)
REACH_VERDICT = (
    "CASE WHEN c.outcome_key IS NOT NULL THEN c.outcome_key"
    f" WHEN c.answered_at IS NOT NULL OR c.success THEN '{_YES}' ELSE '{_NO}' END"
)


def is_success(frame: Frame) -> Sql:
    """As the call's own `success` says; where that is null, by its outcome."""
    policy = frame.selection.policy
    negated = policy.success_outcomes is None
    names = policy.unreached_outcomes if negated else policy.success_outcomes
    test = _key_in(frame, "c.outcome_key", outcome_keys(names or ()))
    by_outcome = compose("NOT {}", test) if negated else test
    return compose("coalesce(c.success, c.outcome_key IS NOT NULL AND {})", by_outcome)


def means_success(frame: Frame, verdict: str) -> Sql:
    """The same of a `SUCCESS_VERDICT`."""
    policy = frame.selection.policy
    if policy.success_outcomes is None:
        failures = (*outcome_keys(policy.unreached_outcomes), _NO)
        return compose("coalesce(NOT {}, FALSE)", _key_in(frame, verdict, failures))
    successes = (*outcome_keys(policy.success_outcomes), _YES)
    return compose("coalesce({}, FALSE)", _key_in(frame, verdict, successes))


def is_reached(frame: Frame) -> Sql:
    """Not by an outcome that says nobody was, and not where nothing says that somebody was."""
    unreached = outcome_keys(frame.selection.policy.unreached_outcomes)
    return compose(
        "CASE WHEN c.outcome_key IS NOT NULL THEN NOT {}"
        " ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END",
        _key_in(frame, "c.outcome_key", unreached),
    )


def means_reached(frame: Frame, verdict: str) -> Sql:
    """The same of a `REACH_VERDICT`."""
    unreached = outcome_keys(frame.selection.policy.unreached_outcomes)
    return compose("NOT {}", _key_in(frame, verdict, (*unreached, _NO)))


def _key_in(frame: Frame, column: str, keys: tuple[str, ...]) -> Sql:
    return frame.dialect.is_word_in(raw(column), keys)
