"""The ports of one door in one process: opened, and closed without losing what is under way."""

import asyncio
import logging
from collections.abc import Callable

from acuse.doors.smtp.service import Service
from acuse.errors import ConfigurationError

log = logging.getLogger(__name__)
_BACKLOG = 512
_POLL_SECONDS = 0.02


class Listeners:
    """The listening sockets of one door.

    Args:
        service: what its connections share.
        name: of the door, for whoever reads an error.
    """

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._name = name
        self._servers: list[asyncio.Server] = []

    async def listen(self, factory: Callable[[], asyncio.BaseProtocol], host: str, port: int) -> int:
        """Listen on a port and return it; 0 takes a free one. SO_REUSEPORT lets several processes share the others.

        Raises:
            ConfigurationError: it cannot be bound.
        """
        try:
            server = await asyncio.get_running_loop().create_server(
                factory,
                host,
                port,
                reuse_port=port != 0,  # a port that the system chooses is shared with nobody
                backlog=_BACKLOG,
            )
        except OSError as error:
            raise ConfigurationError(
                f"The {self._name} cannot listen on {host} port {port}: {error.strerror}."
            ) from error
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def stop(self, grace: float) -> None:
        """Take no more connections; give messages under way so many seconds, then cut.

        Args:
            grace: seconds.
        """
        self._service.stopping = True
        for server in self._servers:
            server.close()
        for connection in self._service.connections:
            connection.dismiss()
        try:
            async with asyncio.timeout(grace):
                while self._service.connections:
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            log.warning("smtp: %d connections cut at the end of the grace", len(self._service.connections))
            for connection in self._service.connections:
                connection.cut()
