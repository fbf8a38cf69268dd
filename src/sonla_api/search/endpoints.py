from typing import Annotated

from fastapi import Query, Response

from sonla_api.identity.access import reading
from sonla_api.kit.answers import VARY
from sonla_api.kit.context import Context
from sonla_api.kit.routes import routes_of
from sonla_api.search.queries import SearchQuery, search
from sonla_api.search.schemas import SearchView

router = routes_of("search")

Read = Annotated[Context, reading("search:read")]


@router.get("", response_model=SearchView)
async def search_records(ctx: Read, query: Annotated[SearchQuery, Query()]) -> Response:
    """Find records of all resources by their words, the best first."""
    return Response(await search(ctx, query), media_type="application/json", headers=VARY)
