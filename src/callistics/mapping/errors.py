"""What is wrong with a mapping itself, before any record is looked at."""


class MappingError(Exception):
    """A mapping that makes no sense; says where and why."""
