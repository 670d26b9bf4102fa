"""Benches: each compares side by side in one run."""
