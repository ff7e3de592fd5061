"""The requests about alerts, which need an admin key. Bodies and answers are those of the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from callistics.client.bodies import Moment
from callistics.client.encoding import encoded
from callistics.client.requests import JSON, Request, nothing, path_part, read_with

Alert = dict[str, Any]
"""An alert as the API shows it; numbers are int or Decimal."""
_ALERTS = "/alerts"


def create_alert(body: Mapping[str, Any]) -> Request[Alert]:
    """A new alert. Nobody knows what a lost answer made, so it is not asked for again."""
    return _sent("POST", _ALERTS, body, repeatable=False)


def list_alerts() -> Request[Sequence[Alert]]:
    """The alerts within the scope of the key that asks."""
    return Request(method="GET", path=_ALERTS, read=read_with(lambda found: found["alerts"]))


def get_alert(alert_id: str) -> Request[Alert]:
    """An alert with where it stands, and what happened."""
    return Request(method="GET", path=_path(alert_id), read=read_with(dict))


def change_alert(alert_id: str, changes: Mapping[str, Any]) -> Request[Alert]:
    """An alert after some of its fields were changed."""
    return _sent("PATCH", _path(alert_id), changes, repeatable=False)


def delete_alert(alert_id: str) -> Request[None]:
    """Delete an alert."""
    return Request(method="DELETE", path=_path(alert_id), read=nothing, repeatable=False)


def simulate_alert(
    alert: str | Mapping[str, Any], since: Moment, until: Moment | None
) -> Request[dict[str, Any]]:
    """What an alert, by its id or by the body that would make it, would have done."""
    span = {"from": since, **({} if until is None else {"to": until})}
    if isinstance(alert, str):
        return _sent("POST", f"{_path(alert)}/simulate", span)
    return _sent("POST", f"{_ALERTS}/simulate", {**alert, **span})


def test_alert(alert_id: str) -> Request[Sequence[Mapping[str, Any]]]:
    """Send a notice that is marked as a test; what became of it at each place."""
    return Request(
        method="POST",
        path=f"{_path(alert_id)}/test",
        read=read_with(lambda found: found["notices"]),
        repeatable=False,
    )


def _path(alert_id: str) -> str:
    return f"{_ALERTS}/{path_part(alert_id)}"


def _sent(
    method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = True
) -> Request[Any]:
    return Request(
        method=method,
        path=path,
        content=encoded(body),
        headers=JSON,
        read=read_with(dict),
        repeatable=repeatable,
    )
