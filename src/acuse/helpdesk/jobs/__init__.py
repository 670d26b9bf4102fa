"""What the desk does by itself, in loops of a worker."""
