"""What `make_vectors.py` writes: hostile messages, grouped by what they attack."""
