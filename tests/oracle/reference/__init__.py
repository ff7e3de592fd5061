"""The contract evaluated plainly: every answer is recomputed from all raw records."""

from .engine import Reference
from .settings import ReferenceSettings, Refused, Scope

__all__ = ["Reference", "ReferenceSettings", "Refused", "Scope"]
