"""The documentation pages alone, which need no database and no key; and a browser."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from sonla_api.docs.endpoints import router
from sonla_api.kit import http
from tests.docs.chromium import Chromium, started


@pytest.fixture(scope="module")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    async with started(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def documented() -> FastAPI:
    """A service of one operation."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    http.install(app)
    app.include_router(router)

    @app.get("/api/v1/partners")
    def list_partners() -> None:
        """List partners."""

    return app


@pytest.fixture
async def reader(documented: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=documented)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
