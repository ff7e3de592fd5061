"""What can be counted, by what, and filtered how: each metric, dimension and filter once."""
