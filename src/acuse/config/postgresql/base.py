"""The `DatabaseWrapper` that Django looks for where `ENGINE` points.

Django asks `SELECT 1` before each piece of work, to find out whether the session outlived the pause before it. That was
a tenth of what delivering a message cost both sides. A server that ended the session has closed its socket, which can
be read from then on; so only then is it asked. Where a server vanished without a word, as behind a network, either way
the next statement fails, and whoever sent it begins again with a new session.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A session with PostgreSQL."""

    def is_usable(self) -> bool:
        """Return whether the session can be used; after an error the server itself is asked."""
        session = self.connection
        if self.errors_occurred or session is None or session.closed:
            return super().is_usable()
        looking = select.poll()
        looking.register(session.fileno(), select.POLLIN)
        return not looking.poll(0) or super().is_usable()
