"""SQL as values: fragments with bound parameters, and what differs between engines."""
