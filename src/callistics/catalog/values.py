"""Fields whose values are listed: what calls are grouped or split by, where it is a text."""

from collections.abc import Mapping

from callistics.catalog.dimensions import BY_FIELD, PAYLOAD_PREFIX, Dimension, groupable
from callistics.catalog.measures import MEASURES

_SPLITS = {one.split.name: one.split for one in MEASURES.values() if one.split is not None}
VALUED: Mapping[str, Dimension] = BY_FIELD | _SPLITS
"""By name, besides keys of the payload."""


def valued(name: str) -> Dimension | None:
    """The dimension whose values are asked for by a name, None if there is none."""
    return groupable(name) if name.startswith(PAYLOAD_PREFIX) else VALUED.get(name)
