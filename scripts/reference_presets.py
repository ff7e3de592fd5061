"""The reference page of presets: what each makes of the columns of the files that it is for."""

from markdown_pages import in_json, page, table

from callistics.cli.importing.base_mapping import presets
from callistics.mapping import FieldRule, RecordMapping, builtin
from callistics.mapping.rule import ANY

RULES = ("Field", "From", "Unit", "Read as")
"""The header of a table of rules, whose rows are those of `rule_row`."""


def file_presets() -> str:
    """Every preset, in order of its name."""
    return page(
        "Presets for files",
        "`callistics import FILE --format PRESET` reads files of these systems as they are. "
        "Written from the mappings that are used; of several columns the first that has a value "
        "counts, and columns that are not listed are left out. Tenants are in none of these files: "
        "add `--set merchant_id=…` and `--set reseller_id=…`, or map them from a column. Any other "
        "option has its say over the preset: `--map duration=billsec`.",
        *(_preset(name, builtin(name)) for name in presets()),
    )


def _preset(name: str, mapping: RecordMapping) -> str:
    layout = mapping.layout
    records = " or ".join(f"`{path}`" for path in layout.records if path)
    facts = [
        ("Preset", f"`{name}`"),
        ("Follows", mapping.format),
        ("Files", {"csv": "CSV", "ndjson": "JSON"}[layout.reads or ""]),
        ("Sources", "; ".join(mapping.sources)),
        ("Times without an offset", "`--timezone`, else the server's"),
        *([("Columns, if there is no header", _names(layout.columns))] if layout.columns else []),
        *([("Records", f"{records}, or the document itself")] if records else []),
        *([("Words for nothing", _names(mapping.nulls))] if mapping.nulls else []),
    ]
    rows = [rule_row(target, rule) for target, rule in mapping.fields.items()]
    return f"## {mapping.title}\n\n{table(('', ''), facts)}\n\n{table(RULES, rows)}"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rule_row(target: str, rule: FieldRule) -> tuple[str, str, str, str]:
    """What a rule says, as a row of a table."""
    words = {
        word: "absent" if value == "" else in_json(value) for word, value in rule.words.items()
    }
    how = [
        f"{'any other word' if word == ANY else f'`{word}`'} is {value}"
        for word, value in words.items()
    ]
    if rule.absent_as is not None:
        how.append(f"nothing is {in_json(rule.absent_as)}")
    if rule.zero_is_absent:
        how.append("0 is absent")
    if rule.scale is not None:
        how.append(f"times {rule.scale}")
    return f"`{target}`", _source(target, rule), rule.unit or "", ", ".join(how)


def _source(target: str, rule: FieldRule) -> str:
    if rule.hashed:
        return f"made of {', '.join(f'`{one}`' for one in rule.hashed)}"
    if rule.value is not None:
        return f"always {in_json(rule.value)}"
    names = [name for source in rule.sources or (target,) for name in source.split("|")]
    return ", else ".join(" and ".join(f"`{part}`" for part in name.split("+")) for name in names)
