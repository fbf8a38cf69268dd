"""Wiring, nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from sonla_api import api, health
from sonla_api.docs.endpoints import router as docs
from sonla_api.documents.service import follow_source
from sonla_api.heading import HEAD
from sonla_api.identity.access import admit
from sonla_api.identity.keyring import GUESSES, Keyring
from sonla_api.identity.models import AnyKey
from sonla_api.identity.queries import note_use
from sonla_api.kit import http, openapi
from sonla_api.kit.database import connect
from sonla_api.kit.envelope import Envelope
from sonla_api.kit.limits import InMemory, InRedis, Limit, Limits
from sonla_api.kit.routes import operation_id
from sonla_api.partners.queries import LIKENESS
from sonla_api.search.queries import TYPOS
from sonla_api.settings import Settings, asyncpg_url

_FOR_BROWSERS: dict[str, Any] = {
    "allow_methods": ["GET", "HEAD", "POST", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
    ],
    "expose_headers": [
        "Content-Disposition",
        "ETag",
        "Link",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "X-Not-Placed",
        "X-Request-Id",
    ],
    "max_age": 600,
}
"""What front ends of other origins may send and read, where SONLA_CORS_ORIGINS names them."""


def create_app(settings: Settings) -> FastAPI:
    """The service; it starts while the database is away, and opens nothing before a request."""
    if settings.database_url is None:
        raise ValueError("create_app needs a database_url")
    address = settings.database_url
    reads = asyncpg_url(settings.read_database_url or address)
    limits = _limits(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        local = {
            "sonla.report_due_working_days": str(settings.report_due_working_days),
            "sonla.due_soon_working_days": str(settings.due_soon_working_days),
            **LIKENESS,
            **TYPOS,
        }
        async with connect(address, reads, settings.pool_size, local) as app.state.database:
            yield
            await app.state.keyring.settled()
            await limits.close()

    # FastAPI would ask OpenTelemetry at every request whether somebody listens.
    is_watched = any(name.startswith("OTEL_") for name in os.environ)
    app = FastAPI(
        **HEAD,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        telemetry={"tracing": is_watched, "metrics": is_watched, "logs": is_watched},
        openapi_url=None,  # docs sends the committed one
        docs_url=None,
        redoc_url=None,
    )

    app.state.clock = None
    app.state.follow_source = follow_source
    app.state.country_labels = tuple(settings.country_labels.items())
    app.state.limits = limits
    app.state.key_limit = Limit("key", settings.rate_limit)
    app.state.stranger_limit = Limit("address", settings.stranger_rate_limit)
    app.state.keyring = _keyring(app, settings, limits)
    http.install(app)
    app.add_middleware(Envelope, api=app, admit=admit)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            **_FOR_BROWSERS,
        )
    for router in api.v1:
        app.router.routes.extend(router.routes)
    for router in (api.contents, health.router, docs):
        app.include_router(router)
    openapi.install(app)
    return app


def _keyring(app: FastAPI, settings: Settings, limits: Limits) -> Keyring:
    async def touch(of: type[AnyKey], key_id: UUID, at: datetime) -> None:
        await note_use(app.state.database, of, key_id, at)

    return Keyring(
        public_read=settings.public_read,
        touch=touch,
        limits=limits,
        guesses=GUESSES._replace(most=settings.wrong_key_limit),
    )


def _limits(settings: Settings) -> Limits:
    if settings.redis_url:
        return InRedis(settings.redis_url, settings.workers)
    return InMemory(settings.workers)
