"""Whether the service lives, whether it can work, and what Prometheus reads."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from prometheus_client import values

from sonla_api.kit import metrics
from sonla_api.main import create_app
from sonla_api.migrating import newest
from sonla_api.settings import Settings


def _at_root(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app=app), base_url="http://t")


async def test_it_lives_and_is_ready(app: FastAPI) -> None:
    async with _at_root(app) as client:
        for path in ("/health/live", "/health/ready"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_not_ready_at_another_migration(app: FastAPI, database: Any) -> None:
    await database.execute("update alembic_version set version_num = 'older'")
    try:
        async with _at_root(app) as client:
            answer = await client.get("/health/ready", headers={"accept-language": "vi"})
    finally:
        await database.execute("update alembic_version set version_num = $1", newest())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "sonla migrate" in answer.json()["detail"]


async def test_it_lives_without_a_database() -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"))
    async with app.router.lifespan_context(app), _at_root(app) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503


async def test_metrics_count_requests_by_route(api: AsyncClient, app: FastAPI) -> None:
    await api.get("/sources")
    async with _at_root(app) as client:
        text = (await client.get("/metrics")).text
    line = 'sonla_requests_total{method="GET",route="/api/v1/sources",status="200"}'
    assert line in text


def test_metrics_of_several_processes_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for process in (1, 2):
        count = values.MultiProcessValue(lambda process=process: process)
        count("counter", "sonla_tries", "sonla_tries_total", (), (), "Tries.").inc(process)
    body, kind = metrics.exposition()
    assert b"sonla_tries_total 3.0" in body
    assert kind.startswith("text/plain")
