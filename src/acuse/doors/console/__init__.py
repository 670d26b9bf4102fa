"""The members' console: one file per page, no rules of its own."""
