"""The shared parts of the web doors."""
