"""What must hold of the code base as a whole."""
