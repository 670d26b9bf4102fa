"""The web doors over a real database, without a browser."""
