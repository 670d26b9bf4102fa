"""The pages of the figures of service: what was asked for, what it shows, what is behind it, and its documents."""
