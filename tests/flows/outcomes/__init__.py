"""What real servers answer and report, and what Acuse makes of it: docs/outcomes.md, produced and checked."""
