"""Designs that were weighed before the tables were made; in chDB, beside the product."""
