"""Synthetic outbound calls: realistic in shape, reproducible, for demos, tests and benchmarks."""

from callistics.synthetic.ndjson import write_ndjson
from callistics.synthetic.parquet import write_parquet
from callistics.synthetic.stream import UNTIL, generate_calls
from callistics.synthetic.world import World, build_world

__all__ = ["UNTIL", "World", "build_world", "generate_calls", "write_ndjson", "write_parquet"]
