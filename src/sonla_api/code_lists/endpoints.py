from typing import Annotated

from fastapi import Path, Request, Response

from sonla_api.code_lists.queries import NAMES, code_list
from sonla_api.code_lists.schemas import CodeListSummary, CodeListsView, CodeListView
from sonla_api.identity.access import reading
from sonla_api.kit.context import Context
from sonla_api.kit.problems import NotFound
from sonla_api.kit.routes import routes_of

router = routes_of("code-lists")

Read = Annotated[Context, reading("code_lists:read")]
Name = Annotated[str, Path(pattern="^[a-z-]{1,60}$", examples=["partner-kinds"])]


@router.get("")
async def list_code_lists(_: Read) -> CodeListsView:
    """List the names of all lists of codes."""
    return CodeListsView(
        items=[CodeListSummary(name=name, href=f"/api/v1/code-lists/{name}") for name in NAMES]
    )


@router.get("/{name}", response_model=CodeListView)
async def get_code_list(request: Request, _: Read, name: Name) -> Response:
    """Read one list of codes with its labels in English and Vietnamese."""
    found = code_list(name, request.app.state.country_labels)
    if found is None:
        raise NotFound
    return Response(found, media_type="application/json")
