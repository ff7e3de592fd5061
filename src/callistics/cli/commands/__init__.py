"""One module for each command; it is loaded only when its command is used."""
