"""The demo: a folder with made-up calls in a database, a first answer, a server."""
