"""Measurements of the product as users run it; `python -m bench`, on Linux."""
