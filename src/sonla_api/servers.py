"""uvicorn's server, alone or one of several, ended so that nobody is cut off.

A new process loads this file before it gives a sign of life, so it loads nothing else of ours.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from uvicorn.supervisors import multiprocess


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Whom the kernel has let in already is taken in too: closing would cut them off."""
        doors = [one.dup() for one in sockets or []]
        for server in self.servers:
            server.close()
        for door in doors:
            with door:
                await self._take_in(door)
        await super().shutdown(sockets)

    async def _take_in(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        door.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                accepted, _ = door.accept()
                await loop.connect_accepted_socket(self._connection, accepted)

    def _connection(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(
            config=self.config,  # type: ignore[call-arg]  # the protocol of httptools takes it
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        return made


class Process(multiprocess.Process):
    """One of several, which ends as a single one does, and is missed at once when it dies."""

    def start(self) -> None:
        super().start()
        # The process alone holds its end: else whoever asks for a sign of life from one that just
        # died would wait for it as long as for one that is busy.
        self.child_conn.close()

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = Server(self.config)
        return self._server
