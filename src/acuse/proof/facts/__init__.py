"""Facts: the value, and the catalogue of what their details may hold."""
