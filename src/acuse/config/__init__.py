"""The street: settings, wiring, processes and the command line."""
