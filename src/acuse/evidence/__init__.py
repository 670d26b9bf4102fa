"""The notary: records facts, orders them in the ledger, anchors them in time and keeps objects in custody."""
