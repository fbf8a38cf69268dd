"""One connection of a caller: how long it may take to ask, and how it ends when we stop.

uvicorn waits for ever for a request that has begun, so a few thousand callers who send a byte a
second would take every connection that there is.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from sonla_api.kit.envelope import SECURITY
from sonla_api.kit.http import answer
from sonla_api.kit.problems import BadRequest, Problem, RequestTimeout
from sonla_api.kit.text import Message

PATIENCE = 4.0
"""Seconds that a request may take to come in whole, and one more for each PACE bytes of it."""

PACE = 1000
"""Bytes a second: less than the slowest line that a commune has, far more than one."""

_LOOK = 0.5
_LINGER = 0.5
"""Seconds after a stop in which who has a connection open may ask once more."""

_MALFORMED = Message("The request is not valid HTTP.", "Yêu cầu không phải HTTP hợp lệ.")


class Connection(HttpToolsProtocol):
    """uvicorn's, with an end to its patience."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it the same way
        super().connection_made(transport)
        self._since: float | None = self.loop.time()
        """When what is coming in began; None between requests, where uvicorn looks at the time."""
        self._received = 0
        self._is_ending = False
        self._looking = self.loop.call_later(_LOOK, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._since, self._received = self.loop.time(), 1  # the byte that tells of it
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._is_ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._since = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  in uvicorn's words
        self._refuse(BadRequest(_MALFORMED))

    def shutdown(self) -> None:
        """Whoever has asked is answered, also who asks while it cannot know that we stop."""
        self._is_ending = True
        if self._is_answering():
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(_LINGER, self._end)

    def _end(self) -> None:
        if self._is_answering():
            return  # and closed thereafter
        if self._since is not None and self._received:
            self.loop.call_later(_LINGER, self._end)  # something is coming in
        else:
            self.transport.close()

    def _is_answering(self) -> bool:
        current = self._current()
        return current is not None and not current.response_complete

    def _current(self) -> RequestResponseCycle | None:
        """The last request that was understood, whose answer may have been sent."""
        return cast("RequestResponseCycle | None", self.cycle)

    def _is_behind(self) -> bool:
        """Whether what comes in waits for the answer to what came before it on this connection."""
        current = self._current()
        is_earlier = current is not None and current.scope is not self.scope
        return bool(self.pipeline) or (is_earlier and self._is_answering())

    def _look(self) -> None:
        if self.flow.read_paused or self._is_behind():  # it is we who are slow
            self._since, self._received = self.loop.time(), 0
        elif self._since is not None:
            taken = self.loop.time() - self._since
            if taken > PATIENCE + self._received / PACE:
                self._refuse(RequestTimeout())
                return
        self._looking = self.loop.call_later(_LOOK, self._look)

    def _refuse(self, problem: Problem) -> None:
        """Answer what never became a request, or will not; in silence where nobody has asked or
        the answer was given before all was sent.
        """
        current = self._current()
        if current is None or current.scope is not self.scope:
            waits = self._received > 0
        else:
            waits = not current.response_started
            current.disconnected = True
            current.message_event.set()
        if waits and not self.transport.is_closing():
            scope: dict[str, Any] = {"path": "", **(self.scope or {})}
            scope["headers"] = self.headers or []
            told = answer(problem, scope)
            lines = [*told.raw_headers, *SECURITY, (b"connection", b"close")]
            head = b"".join(b"%s: %s\r\n" % line for line in lines)
            self.transport.write(STATUS_LINE[problem.status] + head + b"\r\n" + bytes(told.body))
        self.transport.close()
