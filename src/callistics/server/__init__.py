"""The composition root and what runs beside it: start, stop, logs, maintenance."""
