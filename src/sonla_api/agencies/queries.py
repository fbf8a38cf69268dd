from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Date, Integer, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.agencies.models import Agency, AgencyKind
from sonla_api.agencies.schemas import AgencyView
from sonla_api.kit.asked import Asked
from sonla_api.kit.filters import Filter, matches, one_of
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.mentions import Mention
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.text import Line

agencies = Records(Agency, AgencyView)
_REORGANISATIONS = 20
"""How many changes of form are followed: agencies that name each other would have no end."""


def exists_on(day: Any) -> ColumnElement[bool]:
    """Whether an agency exists on a day."""
    has_begun = or_(Agency.valid_from.is_(None), Agency.valid_from <= day)
    return has_begun & or_(Agency.valid_to.is_(None), Agency.valid_to > day)


def has_ended(id_: Any, day: Any) -> ColumnElement[bool]:
    """Whether an agency exists no more on a day."""
    return exists().where(Agency.id == id_, Agency.valid_to <= day)


def _became(asked: Asked) -> ColumnElement[bool]:
    """The agencies that an agency became, however often they merged and split since.

    Followed through those that the caller may see.
    """
    that = aliased(Agency)
    start: Any = select(asked.value(Uuid()).label("id"), literal(0, Integer).label("depth")).cte(
        "chain", recursive=True
    )
    chain = start.union(
        select(Mention.agency_id, start.c.depth + 1)
        .join(that, that.id == Mention.record_id)
        .where(
            Mention.record_id == start.c.id,
            Mention.field == "successors",
            that.is_seen(),
            start.c.depth < _REORGANISATIONS,
        )
    )
    return Agency.id.in_(select(chain.c.id).where(chain.c.depth > 0))


class AgencyListing(Listing):
    orders: ClassVar = {"created_at": Agency.created_at, "valid_to": Agency.valid_to}

    q: Annotated[Q, matches(Agency.words)] = None
    key: Annotated[list[Line], one_of(Agency.key)] = []
    code: Annotated[list[Line], one_of(Agency.code)] = []
    kind: Annotated[list[AgencyKind], one_of(Agency.kind)] = []
    parent_id: Annotated[list[UUID], one_of(Agency.parent_id)] = []
    valid_on: Annotated[
        Day | None,
        Filter(lambda asked: exists_on(asked.value(Date())), Agency.valid_from),
        Field(description="Agencies that exist on this day."),
    ] = None
    successors_of: Annotated[
        UUID | None,
        Filter(_became, Agency.successors),
        Field(description="The agencies that this one became, followed to the end."),
    ] = None
