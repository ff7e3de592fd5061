"""What an installation has decided, from its settings."""

from callistics.records.unreached import DEFAULT_UNREACHED
from callistics.settings import Settings
from callistics.sql.selection import Policy


def policy_of(settings: Settings) -> Policy:
    """The policy that queries are answered by."""
    unreached = settings.unreached_outcomes
    return Policy(
        success_outcomes=settings.success_outcomes,
        unreached_outcomes=DEFAULT_UNREACHED if unreached is None else unreached,
        lead_stages=settings.lead_stages,
        template_lead_stages=dict(settings.template_lead_stages),
    )
