"""The usual service: FastAPI, async ORM and response_model, as FastAPI's documentation shows.

The same tables and indexes, and as many connections, in SQLAlchemy's pool; related records come by
joined and selectin loading, no query a row; no key, row filter, ETag, audit or idempotency.
"""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, selectinload
from uuid_utils.compat import uuid7

from bench.peers.usual_models import Delegation, Mention
from bench.peers.usual_schemas import DelegationCreate, DelegationPublic

engine = create_async_engine(
    os.environ["BENCH_URL"].replace("postgresql://", "postgresql+asyncpg://"),
    pool_size=8,
    max_overflow=0,
    connect_args={"server_settings": {"jit": "off", "timezone": "UTC", "random_page_cost": "1.1"}},
)
Session = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
app = FastAPI()
related = select(Delegation).options(
    joinedload(Delegation.owner_agency),
    joinedload(Delegation.lead_agency),
    selectinload(Delegation.mentions).options(
        joinedload(Mention.source), joinedload(Mention.agency), joinedload(Mention.partner)
    ),
)


@app.get("/api/v1/delegations", response_model=list[DelegationPublic])
async def read_delegations(
    session: SessionDep, state: str, limit: Annotated[int, Query(le=200)] = 50
) -> Any:
    dated = related.where(Delegation.state == state, Delegation.when_from.is_not(None))
    newest = dated.order_by(Delegation.when_from.desc(), Delegation.id.desc())
    return (await session.scalars(newest.limit(limit))).all()


@app.get("/api/v1/delegations/{id}", response_model=DelegationPublic)
async def read_delegation(id: UUID, session: SessionDep) -> Any:
    delegation = await session.scalar(related.where(Delegation.id == id))
    if not delegation:
        raise HTTPException(status_code=404, detail="Delegation not found")
    return delegation


CITED = {
    "cited": "source_id",
    "people": "agency_id",
    "met": "partner_id",
    "planned": "partner_id",
    "asked": "agency_id",
}
FIELDS = {
    "cited": "sources",
    "people": "members",
    "met": "partners",
    "planned": "programme",
    "asked": "consultations",
}


@app.post("/api/v1/delegations", response_model=DelegationPublic, status_code=201)
async def create_delegation(given: DelegationCreate, session: SessionDep) -> Any:
    values = given.model_dump(mode="json") | {"lead_agency_id": given.lead_agency_id}
    lines = {name: values.pop(field) for name, field in FIELDS.items()}
    delegation = Delegation(id=uuid7(), **values, **lines)
    session.add(delegation)
    await session.flush()
    for name, member in CITED.items():
        for id_ in {line[member] for line in lines[name] if line[member]}:
            session.add(
                Mention(
                    resource="delegations",
                    record_id=delegation.id,
                    field=FIELDS[name],
                    **{member: UUID(id_)},
                )
            )
    await session.commit()
    created = related.where(Delegation.id == delegation.id)
    return await session.scalar(created, execution_options={"populate_existing": True})
