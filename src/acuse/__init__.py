"""Acuse: customer care that can be proved."""
