"""Figures of service: derived from the ledger's facts, and derivable again by whoever has them."""
