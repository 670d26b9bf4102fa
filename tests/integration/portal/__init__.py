"""An organisation's public pages, over a real database."""
