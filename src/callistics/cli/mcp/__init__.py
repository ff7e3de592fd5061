"""Tools for AI assistants: what the HTTP interface answers, over the Model Context Protocol."""
