"""The documentation pages alone: they need no database and no key."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from sonla_api.docs.endpoints import router
from sonla_api.kit import http


@pytest.fixture
def documented() -> FastAPI:
    """A service of one operation, which takes a key."""
    app = FastAPI(docs_url=None, redoc_url=None, redirect_slashes=False)
    http.install(app)
    app.include_router(router)

    @app.get("/api/v1/partners")
    def list_partners(key: Annotated[object, Depends(HTTPBearer(scheme_name="the_key"))]) -> None:
        """List partners."""

    return app


@pytest.fixture
async def reader(documented: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=documented)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
