"""The mappings that come with the product, one TOML file each."""

from functools import cache
from importlib import resources

from callistics.errors import did_you_mean
from callistics.mapping.errors import MappingError
from callistics.mapping.mapping import RecordMapping
from callistics.mapping.read import read_mapping

_FOLDER = resources.files("callistics.mapping").joinpath("presets")
_ENDING = ".toml"


@cache
def builtin_names() -> tuple[str, ...]:
    """Their names, in order."""
    files = (file.name for file in _FOLDER.iterdir() if file.name.endswith(_ENDING))
    return tuple(sorted(name.removesuffix(_ENDING) for name in files))


@cache
def builtin(name: str) -> RecordMapping:
    """The mapping of a name. Raises `MappingError` where there is none."""
    if name not in builtin_names():
        hint = did_you_mean(name, builtin_names()) or f", only {', '.join(builtin_names())}"
        raise MappingError(f'there is no mapping "{name}"{hint}')
    return read_mapping(_FOLDER.joinpath(f"{name}{_ENDING}").read_text(encoding="utf-8"), name)
