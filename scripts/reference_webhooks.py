"""The reference page of webhooks: for each platform which field of a body becomes what."""

from collections.abc import Mapping

from markdown_pages import page, table
from reference_presets import RULES, rule_row

from callistics.mapping import Event, FieldRule, RecordMapping, builtin
from callistics.webhooks.platforms import Platform, platforms


def webhooks() -> str:
    """Every platform, in order of its name."""
    return page(
        "Webhooks by platform",
        "What becomes of what each platform sends, written from the mappings that the server "
        "uses. Paths are those of the record, which stands in the body where the section says; "
        "`$.` begins at the body itself, and of several the first that is there counts. What is "
        "not listed is left out of the call, unless an endpoint's `payload_keep` names it. Of "
        "events as of the same time those of a higher order count as the later ones; without one "
        "it is 0. How to set a platform up: [Webhooks](../webhooks.md).",
        *(_platform(one, builtin(name)) for name, one in platforms().items()),
    )


def _platform(platform: Platform, mapping: RecordMapping) -> str:
    addresses = ", ".join(f"`{one}`" for one in platform.addresses)
    facts = [
        ("`source`", f"`{platform.name}`"),
        ("Follows", platform.format),
        ("Where to paste the address", platform.where),
        ("`secret`", platform.secret or "none"),
        ("How it is signed", platform.signed),
        *([("Sends from", addresses)] if addresses else []),
        ("Times without an offset", mapping.timezone or "the setting `timezone`"),
        ("Record", " or ".join(f"`{one}`" for one in mapping.layout.records) or "the body"),
        ("From", "; ".join(platform.sources)),
    ]
    parts = [f"## {platform.title}", table(("", ""), facts), _fields(mapping.fields)]
    parts += [_event(one) for one in mapping.events]
    if platform.weak:
        words = "; ".join(
            f"`{name}`: {', '.join(f'`{word}`' for word in sorted(words))}"
            for name, words in platform.weak.items()
        )
        parts.append(f"Words that any other event's go before, whichever is newer: {words}.")
    return "\n\n".join(parts)


def _event(event: Event) -> str:
    when = " and ".join(
        f"`{path}` is {' or '.join('there' if word == '*' else f'`{word}`' for word in words)}"
        for path, words in event.when.items()
    )
    if event.ignored:
        return f"Where {when}: acknowledged and counted."
    order = f" (order {event.order})" if event.order else ""
    if not event.fields:
        return f"Where {when}{order}: as above."
    return f"Where {when}{order}:\n\n{_fields(event.fields)}"


def _fields(fields: Mapping[str, FieldRule | None]) -> str:
    rows = [
        (f"`{target}`", "not read", "", "") if rule is None else rule_row(target, rule)
        for target, rule in fields.items()
    ]
    return table(RULES, rows)
