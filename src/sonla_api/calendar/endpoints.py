from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from sonla_api.calendar import ics, service
from sonla_api.calendar.keys import CalendarKeyListing, own_keys, revoke_key
from sonla_api.calendar.queries import CalendarQuery, entries, head
from sonla_api.calendar.schemas import CalendarKeyCreate, CalendarKeyCreated, CalendarKeyView
from sonla_api.identity.access import creating, reading, writing
from sonla_api.kit import codes
from sonla_api.kit.answers import IfMatch, PageAnswer, StreamedAnswer, created
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.problems import Unauthenticated
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page
from sonla_api.kit.text import Message

router = routes_of("calendar.ics", tag="calendar")
mine = routes_of(tag="calendar")

Read = Annotated[Context, reading("calendar:read")]
Create = Annotated[WriteContext, creating("calendar:read")]
Write = Annotated[WriteContext, writing("calendar:read")]


class CalendarAnswer(StreamedAnswer):
    media_type = "text/calendar; charset=utf-8"


_DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            CalendarAnswer.media_type: {
                "schema": {"type": "string"},
                "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n(…)\r\nEND:VCALENDAR\r\n",
            }
        },
        "headers": {
            "ETag": {"description": "It changes with the calendar.", "schema": {"type": "string"}},
            "X-Not-Placed": {
                "description": "Records left out, as their days are not known to the day.",
                "schema": {"type": "integer"},
            },
        },
    },
    304: {"description": "Not changed since it was read."},
}


@router.get("", response_class=CalendarAnswer, responses=_DESCRIBED)
async def get_calendar(
    ctx: Read, request: Request, query: Annotated[CalendarQuery, Query()]
) -> Response:
    """Give events and delegations whose days are known as a calendar (RFC 5545)."""
    base = f"{str(request.base_url).rstrip('/')}/api/v1"
    labels = request.app.state.country_labels
    style = ics.Style(query.language, _countries(query.language, labels), base)
    found = await head(ctx, query)
    etag = sha256(found.fingerprint + f"{query.language} {base} {labels}".encode()).hexdigest()
    headers = {"X-Not-Placed": str(found.not_placed)}
    if not ctx.actor.is_anonymous:
        headers["Cache-Control"] = "private, no-cache"
    pieces = _written(ctx, query, style, found.not_placed)
    return CalendarAnswer(pieces, f'"{etag[:24]}"', headers)


async def _written(
    ctx: Context, query: CalendarQuery, style: ics.Style, not_placed: int
) -> AsyncIterator[bytes]:
    yield ics.beginning(style, not_placed)
    async for resource, records in entries(ctx, query):
        yield b"".join(ics.entry(style, resource, record) for record in records)
    yield ics.END


@lru_cache(maxsize=4)
def _countries(language: str, labels: tuple[tuple[str, tuple[str, str]], ...]) -> Mapping[str, str]:
    """What countries are called; a deployment may call some otherwise."""
    ours = {code: Message(*label) for code, label in labels}
    every = codes.countries({**codes.LABELS, **ours})
    return {it.code: it.vi if language == "vi" else it.en for it in every}


@mine.get("/me/calendar-keys", response_model=Page[CalendarKeyView])
async def list_calendar_keys(
    ctx: Read, listing: Annotated[CalendarKeyListing, Query()]
) -> Response:
    """List the keys of calendars that the caller has given out, without their secrets."""
    if ctx.actor.is_anonymous:
        raise Unauthenticated
    return PageAnswer(await own_keys(ctx, listing))


@mine.post("/me/calendar-keys", response_model=CalendarKeyCreated, status_code=201)
async def create_calendar_key(ctx: Create, body: CalendarKeyCreate) -> Response:
    """Give out the address of a calendar that shows what the caller may see, and nothing else."""
    key = await service.give_key(ctx, body)
    return await created(ctx, key, "/api/v1/me/calendar-keys", is_secret=True)


@mine.delete("/me/calendar-keys/{id}", status_code=204)
async def delete_calendar_key(ctx: Write, id: UUID, expected: IfMatch) -> None:
    """Revoke a key of a calendar, everywhere within five seconds."""
    await revoke_key(ctx, id, expected)
