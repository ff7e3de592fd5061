"""The composition root and what runs in the background: start, stop, logs, maintenance."""
