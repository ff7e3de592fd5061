"""What is noted in the audit log: which actions, of whom, and what is told of each.

No payload and no id of a call or lead is told: of what was erased only how much it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Detail = str | int | bool | None | Sequence[str]
"""What a detail may be."""


class Action(StrEnum):
    """What may be noted."""

    SERVER_STARTED = "server.started"
    KEY_CREATED = "key.created"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"
    EMBED_TOKEN_CREATED = "embed_token.created"  # noqa: S105
    EMBED_TOKENS_REVOKED = "embed_tokens.revoked"
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_CHANGED = "webhook_endpoint.changed"
    WEBHOOK_ENDPOINT_ENDED = "webhook_endpoint.ended"
    DEAD_LETTERS_REPLAYED = "dead_letters.replayed"
    DEAD_LETTERS_DELETED = "dead_letters.deleted"
    LEAD_ERASED = "lead.erased"
    CALL_ERASED = "call.erased"
    RETENTION_APPLIED = "retention.applied"
    BACKUP_MADE = "backup.made"
    RESTORED = "restored"
    ALERT_CREATED = "alert.created"
    ALERT_CHANGED = "alert.changed"
    ALERT_DELETED = "alert.deleted"


DETAILS: Mapping[Action, tuple[str, ...]] = {
    Action.SERVER_STARTED: ("version", "engine", "settings"),
    Action.KEY_CREATED: ("key", "name", "permissions", "expires_at"),
    Action.KEY_ROTATED: ("key", "successor", "expires_at"),
    Action.KEY_REVOKED: ("key",),
    Action.EMBED_TOKEN_CREATED: ("token", "expires_at"),
    Action.EMBED_TOKENS_REVOKED: (),
    Action.WEBHOOK_ENDPOINT_CREATED: ("endpoint", "source"),
    Action.WEBHOOK_ENDPOINT_CHANGED: ("endpoint", "source"),
    Action.WEBHOOK_ENDPOINT_ENDED: ("endpoint", "source"),
    Action.DEAD_LETTERS_REPLAYED: ("endpoint", "replayed"),
    Action.DEAD_LETTERS_DELETED: ("endpoint", "deleted"),
    Action.LEAD_ERASED: ("calls", "leads"),
    Action.CALL_ERASED: ("calls", "leads"),
    Action.RETENTION_APPLIED: ("calls", "leads"),
    Action.BACKUP_MADE: ("backup", "calls", "lead_records"),
    Action.RESTORED: ("backup", "calls", "lead_records"),
    Action.ALERT_CREATED: ("alert",),
    Action.ALERT_CHANGED: ("alert",),
    Action.ALERT_DELETED: ("alert",),
}
"""What may be told of each action."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who did something: an access key, or no key but what `name` says."""

    name: str
    key_id: str | None = None


SERVER = Who("server")
COMMAND_LINE = Who("command line")


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be noted, with its instant (µs)."""

    at: int
    action: Action
    who: Who
    details: Mapping[str, Detail]


def note(action: Action, who: Who, at: int, /, **details: Detail) -> Note:
    """A note; raises `ValueError` for a detail that is not declared of the action."""
    unknown = details.keys() - set(DETAILS[action])
    if unknown:
        raise ValueError(f"{action} has no detail {', '.join(sorted(unknown))}")
    return Note(at, action, who, details)
