"""The look and the shared parts of every web door."""
