"""What the desk's doors read."""
