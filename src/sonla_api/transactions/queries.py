import json
from collections.abc import Sequence
from functools import partial
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import JSONB

from sonla_api.kit.codes import Country, Currency
from sonla_api.kit.context import WriteContext
from sonla_api.kit.filters import (
    contains_one_of,
    lacks,
    lies_within,
    not_placed,
    one_of,
    overlaps,
    refers,
    through,
)
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.text import Line
from sonla_api.projects.lifecycle import ProjectKind, ProjectState
from sonla_api.projects.models import Project, TransactionType
from sonla_api.projects.queries import GAPS, ProjectGap, SectorCode, with_partner_from
from sonla_api.transactions.models import Transaction
from sonla_api.transactions.schemas import TransactionView

T, P = Transaction, Project
IATI_CODES = {
    TransactionType.incoming_funds: "1",
    TransactionType.outgoing_commitment: "2",
    TransactionType.disbursement: "3",
    TransactionType.expenditure: "4",
    TransactionType.interest_payment: "5",
    TransactionType.loan_repayment: "6",
    TransactionType.reimbursement: "7",
    TransactionType.purchase_of_equity: "8",
    TransactionType.sale_of_equity: "9",
    TransactionType.credit_guarantee: "10",
    TransactionType.incoming_commitment: "11",
    TransactionType.outgoing_pledge: "12",
    TransactionType.incoming_pledge: "13",
}
"""Of the code list TransactionType, https://iatistandard.org, version 2.03."""

_codes = cast(constant(json.dumps(IATI_CODES)), JSONB)
transactions = Records(T, TransactionView, iati_code=lambda of: _codes.op("->>")(of.type))


_of_project = partial(through, T.project_id)


class TransactionListing(Listing):
    orders: ClassVar = {"created_at": T.created_at, "on": T.on_from}

    key: Annotated[list[Line], one_of(T.key)] = []
    project_id: Annotated[list[UUID], one_of(T.project_id)] = []
    type: Annotated[list[TransactionType], one_of(T.type)] = []
    currency: Annotated[list[Currency], one_of(T.currency)] = []
    provider_partner_id: Annotated[list[UUID], refers(T, "provider", "partner_id")] = []
    provider_agency_id: Annotated[list[UUID], refers(T, "provider", "agency_id")] = []
    receiver_partner_id: Annotated[list[UUID], refers(T, "receiver", "partner_id")] = []
    receiver_agency_id: Annotated[list[UUID], refers(T, "receiver", "agency_id")] = []
    period: Annotated[PeriodFilter | None, overlaps(T.on_days)] = None
    within: Annotated[
        PeriodFilter | None,
        lies_within(T.on_days),
        Field(description="Lying wholly in this period, as the figures of projects count."),
    ] = None
    not_placed_in: Annotated[PeriodFilter | None, not_placed(T.on_days)] = None
    project_kind: Annotated[list[ProjectKind], _of_project(one_of(P.kind))] = []
    project_state: Annotated[list[ProjectState], _of_project(one_of(P.state))] = []
    project_country: Annotated[list[Country], _of_project(contains_one_of(P.countries))] = []
    project_sector: Annotated[list[SectorCode], _of_project(contains_one_of(P.sector_codes))] = []
    project_partner_id: Annotated[
        list[UUID], _of_project(refers(P, "participants", "partner_id"))
    ] = []
    project_agency_id: Annotated[
        list[UUID], _of_project(refers(P, "participants", "agency_id"))
    ] = []
    project_partner_country: Annotated[list[Country], _of_project(with_partner_from)] = []
    project_without: Annotated[list[ProjectGap], _of_project(lacks(P.countries, GAPS))] = []


async def project_of(ctx: WriteContext, id_: UUID) -> Sequence[UUID]:
    """The project that a transaction belongs to; none if there is no such transaction."""
    return (await ctx.session.scalars(select(T.project_id).where(T.id == id_))).all()
