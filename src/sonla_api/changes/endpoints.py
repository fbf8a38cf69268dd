from typing import Annotated

from fastapi import Query, Response

from sonla_api.changes.queries import feed
from sonla_api.changes.schemas import FeedEventView, Following
from sonla_api.identity.access import reading
from sonla_api.kit.answers import PageAnswer
from sonla_api.kit.context import Context
from sonla_api.kit.routes import routes_of
from sonla_api.kit.schema import Page

router = routes_of("changes")

Read = Annotated[Context, reading("changes:read")]


@router.get("", response_model=Page[FeedEventView], responses={410: {}})
async def follow_changes(ctx: Read, follower: Annotated[Following, Query()]) -> Response:
    """Follow every change, oldest first; come back with `after` set to `next_cursor`."""
    return PageAnswer(await feed(ctx, follower), "after")
