"""Everything that comes in as a message: kept as it came, recorded, then read; whoever it concerns follows."""
