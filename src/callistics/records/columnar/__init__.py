"""Records as columns of Arrow: decoded, laid out, and derived from many at a time."""
