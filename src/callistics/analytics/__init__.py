"""The way of a query: decode, validate, plan, compile, run, shape."""
