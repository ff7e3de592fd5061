"""The alerts of a server, put together of its other parts."""

from callistics.access.keyring import Keyring
from callistics.alerts.mail import Mailer
from callistics.alerts.notices import Notices
from callistics.alerts.sender import Ways
from callistics.alerts.service import AlertParts, Alerts
from callistics.analytics.service import Analytics
from callistics.engines.base import Engine
from callistics.http.metrics import Metrics
from callistics.ingest.writer import Writer
from callistics.looking.search import Searches
from callistics.model.instants import now
from callistics.server.address import local_url
from callistics.settings import Settings


def make_alerts(
    settings: Settings,
    engine: Engine,
    writer: Writer,
    analytics: Analytics,
    keyring: Keyring,
    metrics: Metrics,
) -> Alerts:
    """Alerts on an engine; they are evaluated once they are started."""

    def count(channel: str, result: str) -> None:
        metrics.notices.labels(channel, result).inc()

    searches = Searches(analytics, engine, settings.timezone)
    mailer = None
    if settings.smtp_url is not None and settings.mail_from is not None:
        mailer = Mailer(settings.smtp_url, settings.mail_from)
    parts = AlertParts(
        engine=engine,
        writer=writer,
        analytics=analytics,
        notices=Notices(searches, settings.public_url or local_url(settings)),
        keyring=keyring,
        ways=Ways(mailer, settings.alert_private_addresses, count),
        default_zone=settings.timezone,
        clock=now,
    )
    found = Alerts(parts)
    text = "Alerts that fire."
    metrics.gauge("callistics_alerts_firing", text, lambda: found.evaluator.firing)
    return found
