"""Where the endpoints of a resource are reached."""

import warnings

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic.warnings import UnsupportedFieldAttributeWarning

API = "/api/v1"

# The fields that FastAPI makes have aliases that mean nothing to Pydantic, and it hides what is
# said of that while it makes them. What checks ours is made later: see `kit.schema`.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


def routes_of(name: str = "", tag: str = "") -> APIRouter:
    """The addresses of a resource; without a name, those that stand below other resources.

    They are whole, so that the service takes them as they are: FastAPI's `include_router` would
    work out every endpoint a second time, and keep both.
    """
    prefix = f"{API}/{name}" if name else API
    tags: list[str] = [tag or name] if tag or name else []
    return APIRouter(prefix=prefix, tags=[*tags], generate_unique_id_function=operation_id)


def operation_id(route: APIRoute) -> str:
    """`verb_noun`: the name of the endpoint's function."""
    return route.name
