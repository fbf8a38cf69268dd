"""304 without making the answer again, as long as nothing was written since it was made.

A record is shown from what is committed, for one caller, on one day. PostgreSQL says in a fraction
of the time which transactions had ended when it was asked: where these are the same, so is all that
can be read, and with it the answer.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from fastapi import Response
from starlette.types import Scope

from sonla_api.kit.answers import NotModified, RecordAnswer, is_known
from sonla_api.kit.context import Context
from sonla_api.kit.headers import header

_AS_OF = "select case when not pg_is_in_recovery() then pg_current_snapshot()::text end"
"""Of a standby it names too few transactions to be compared."""
_MOST = 2000
"""Answers remembered, some hundred bytes each."""
_REST = 1.0
"""Seconds in which nobody asks again after something was written: asking costs a round trip."""


class Unchanged:
    """The ETags of what was answered since the last write, by address, caller and day."""

    def __init__(self) -> None:
        self._as_of: str | None = None
        self._etags: dict[tuple[Any, ...], str] = {}
        self._changed_at = 0.0

    async def answer(
        self, scope: Scope, ctx: Context, make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """What `make` answers, which is a record; 304 at once where the caller has that."""
        if header(scope, b"if-none-match") is None or monotonic() < self._changed_at + _REST:
            return await make()
        as_of = await self._look(ctx)
        address = (scope["path"], ctx.actor, ctx.today)
        if (etag := self._etags.get(address)) and is_known(scope, etag):
            return NotModified(etag)
        answer = await make()
        # Others hide what they show until they know the format that is wanted.
        if type(answer) is RecordAnswer and is_known(scope, answer.etag):
            await self._look(ctx)  # nothing was written while it was made
            if self._as_of is not None and self._as_of == as_of:
                self._etags[address] = answer.etag
        return answer

    async def _look(self, ctx: Context) -> str | None:
        """What has been committed by now; if it is more than before, all is forgotten."""
        ((as_of,),) = await ctx.reader.fetch(_AS_OF)
        if as_of != self._as_of or len(self._etags) >= _MOST:
            self._as_of, self._etags, self._changed_at = as_of, {}, monotonic()
        return self._as_of
