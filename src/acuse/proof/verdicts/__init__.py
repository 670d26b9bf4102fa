"""Verdicts: pure functions of facts, shown live by the apps and recomputed by the verifier."""
