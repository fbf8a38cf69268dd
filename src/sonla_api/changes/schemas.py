"""A change as the history of a record shows it, and as an event of the feed."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from sonla_api.changes.models import Action
from sonla_api.kit.formats import Format
from sonla_api.kit.listing import Parameters
from sonla_api.kit.schema import View

POSITION = r"^[0-9]{1,9}-[0-9]{1,18}-[0-9]{1,18}$"


class ActorSummary(View):
    id: UUID
    name: Annotated[str, Field(examples=["Department of Foreign Affairs"])]


class FieldChange(View):
    """A field under the API's name, before and after; null where there was or is no value."""

    field: Annotated[str, Field(examples=["headcount"])]
    before: Annotated[Any, Field(examples=[10])]
    after: Annotated[Any, Field(examples=[12])]


class ChangeView(View):
    """One version of a record: who made it, when, and which fields differ from the one before."""

    id: int
    at: datetime
    action: Annotated[Action, Field(examples=["updated"])]
    version: Annotated[int, Field(examples=[2])]
    actor: Annotated[
        ActorSummary | None,
        Field(description="Null for strangers, and for changes at the database."),
    ]
    request_id: Annotated[str | None, Field(examples=["5f3c0d7a9b1e4c2d8a6f0b3e7d915c42"])]
    fields: list[FieldChange]


class EventData(View):
    id: UUID
    version: int
    changed: Annotated[
        list[str], Field(description="The fields that differ.", examples=[["headcount"]])
    ]
    href: Annotated[
        str, Field(examples=["/api/v1/delegations/01a20112-b284-742c-9277-78cfbe481c35"])
    ]


class FeedEventView(View):
    """A CloudEvent 1.0; its id is its position in the feed."""

    specversion: Literal["1.0"]
    id: Annotated[str, Field(examples=["1-816-42"])]
    source: Literal["/api/v1"]
    type: Annotated[str, Field(examples=["vn.gov.sonla.delegation.updated.v1"])]
    subject: Annotated[str, Field(examples=["delegations/01a20112-b284-742c-9277-78cfbe481c35"])]
    time: datetime
    data: EventData


class Following(Parameters):
    """Where a follower of the feed stands: the id of the last event it has."""

    after: Annotated[
        str,
        Field(
            pattern=POSITION,
            max_length=60,
            description="The id of the last event you have; 0-0-0 to begin.",
            examples=["0-0-0"],
        ),
    ] = "0-0-0"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    format: Format = None
