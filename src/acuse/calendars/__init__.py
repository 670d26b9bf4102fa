"""When an organisation is open: calendars, and versions of them that never change."""
