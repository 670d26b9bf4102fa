"""What `make_examples.py` writes: the sample garage's mail, as its programs would make it."""
