"""The query parameter `timezone` of several endpoints."""

from callistics.errors import Refused, invalid
from callistics.http.services import AnyRequest
from callistics.model.zones import Zone, zone_asked_for


def query_zone(request: AnyRequest, usual: Zone) -> Zone:
    """The zone that a request names, else the usual one. Raises `Refused`."""
    name = request.query_params.get("timezone")
    if name is None:
        return usual
    try:
        return zone_asked_for(name)
    except ValueError as error:
        message = f"timezone: {error}"
        raise Refused([invalid("", message, name)], message) from None
