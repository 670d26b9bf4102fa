"""The connector as the unit tests run it."""

from tests.unit.doors.smtp.conftest import identity, opened

__all__ = ["identity", "opened"]
