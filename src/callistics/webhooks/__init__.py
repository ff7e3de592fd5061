"""What platforms send, as they send it: endpoints, signatures, kept bodies, and their mapping."""
