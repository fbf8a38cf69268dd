"""Whether the service lives, whether it can work, and what Prometheus reads."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import column, select, table

from sonla_api.kit.database import Database
from sonla_api.kit.metrics import exposition
from sonla_api.kit.problems import Unavailable
from sonla_api.kit.schema import View
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message
from sonla_api.migrating import newest

router = APIRouter(tags=["health"])
_migrated = Statement(select(column("version_num")).select_from(table("alembic_version")))
_NOT_MIGRATED = Message(
    "The database is at another migration; run `sonla migrate`.",
    "Cơ sở dữ liệu chưa đúng phiên bản; hãy chạy `sonla migrate`.",
)


class ServiceHealth(View):
    status: Annotated[Literal["ok"], Field(examples=["ok"])]


@router.get("/health/live")
async def get_liveness() -> ServiceHealth:
    """Say that the process answers."""
    return ServiceHealth(status="ok")


@router.get(
    "/health/ready", responses={503: {"description": "The database is away or not migrated."}}
)
async def get_readiness(request: Request) -> ServiceHealth:
    """Say that the database answers and stands at this version's migration."""
    database: Database = request.app.state.database
    rows = await _migrated.fetch(database.reads)
    if [row[0] for row in rows] != [newest()]:
        raise Unavailable(_NOT_MIGRATED)
    return ServiceHealth(status="ok")


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    """What Prometheus reads."""
    body, kind = exposition()
    return Response(body, headers={"Content-Type": kind})
