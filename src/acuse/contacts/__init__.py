"""An organisation's customers: who they are, by which addresses they are known, and which are one and the same."""
