"""The same questions put to a plain table of calls, in SQL written by hand."""
