"""What a success is, and when somebody was reached, by the installation's policy.

Both are true or false, never null, whatever of a call is missing.
"""

from callistics.records.outcomes import outcome_keys
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame


def is_success(frame: Frame) -> Sql:
    """As the call's own `success` says; where that is null, by its outcome."""
    policy = frame.selection.policy
    negated = policy.success_outcomes is None
    names = policy.unreached_outcomes if negated else policy.success_outcomes
    test = _outcome_in(frame, names or ())
    by_outcome = compose("NOT {}", test) if negated else test
    return compose("coalesce(c.success, c.outcome_key IS NOT NULL AND {})", by_outcome)


def is_reached(frame: Frame) -> Sql:
    """Not by an outcome that says nobody was, and not where nothing says that somebody was."""
    unreached = _outcome_in(frame, frame.selection.policy.unreached_outcomes)
    return compose(
        "CASE WHEN c.outcome_key IS NOT NULL THEN NOT {}"
        " ELSE c.answered_at IS NOT NULL OR coalesce(c.success, FALSE) END",
        unreached,
    )


def _outcome_in(frame: Frame, names: tuple[str, ...]) -> Sql:
    return frame.dialect.is_in(raw("c.outcome_key"), outcome_keys(names))
