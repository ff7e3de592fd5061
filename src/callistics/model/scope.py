"""What a key or a token may see: the lists that limit it, and the filters that are locked."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

SCOPED = ("reseller_id", "merchant_id", "template_id")
SCOPE_LISTS = tuple(f"{name}s" for name in SCOPED)
"""The names of the lists that limit these fields, in the same order."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Filters that are joined to those of every query by AND, and the one zone it may have.

    `filters` is the JSON text of an object like the filters of a query: dates without an offset
    and named ranges are read anew for each. `timezone` is None where any will do.
    """

    filters: bytes = b"{}"
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Lists that must all hold, None is no limit of that kind; and what is locked, if anything."""

    reseller_ids: frozenset[str] | None = None
    merchant_ids: frozenset[str] | None = None
    template_ids: frozenset[str] | None = None
    locked: Locked | None = field(default=None, kw_only=True)

    def limits(self) -> Iterator[tuple[str, frozenset[str]]]:
        """(field, allowed values) of each kind that is limited."""
        for name in SCOPED:
            allowed = self.allowed(name)
            if allowed is not None:
                yield name, allowed

    def as_lists(self) -> dict[str, list[str]]:
        """The allowed values, sorted, by `SCOPE_LISTS`, of each kind that is limited."""
        return {f"{name}s": sorted(allowed) for name, allowed in self.limits()}

    def allowed(self, name: str) -> frozenset[str] | None:
        """The values allowed of a field of `SCOPED`; None if any is."""
        lists = {
            "reseller_id": self.reseller_ids,
            "merchant_id": self.merchant_ids,
            "template_id": self.template_ids,
        }
        return lists[name]

    def of_merchant(self, merchant_id: str) -> "Scope":
        """What of this scope a merchant has."""
        allowed = {merchant_id} if self.merchant_ids is None else self.merchant_ids & {merchant_id}
        return replace(self, merchant_ids=frozenset(allowed))

    @property
    def splits_merchants(self) -> bool:
        """Whether some of what a merchant has may lie in the scope and some outside."""
        return self.reseller_ids is not None or self.template_ids is not None

    @property
    def only_merchant(self) -> str | None:
        """The merchant that every record of the key belongs to, if there is just one."""
        if self.merchant_ids is not None and len(self.merchant_ids) == 1:
            return next(iter(self.merchant_ids))
        return None


EVERYTHING = Scope()
