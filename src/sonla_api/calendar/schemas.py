from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from sonla_api.events.schemas import EventPartnerView
from sonla_api.kit.model import Visibility
from sonla_api.kit.schema import AgencySummary, Body, View
from sonla_api.kit.text import Line, LocalizedText

_PREFIX = Field(description="How its secret begins, to tell it by.", examples=["cal_k3m5p7q2"])


class Entry(View):
    """What a calendar tells of an event or a delegation; days and instants as RFC 5545 has them."""

    id: UUID
    version: int
    kind: str | None
    title: LocalizedText
    code: str | None
    role: str | None
    countries: list[str]
    place: str | None
    partners: list[EventPartnerView]
    lead_agency: AgencySummary | None
    head_position: str | None
    state: str
    visibility: Visibility
    first: str
    until: str
    created: str
    changed: str


class CalendarKeyCreate(Body):
    """A key for a calendar program of one's own."""

    name: Annotated[Line, Field(description="Where it is used.", examples=["Điện thoại cơ quan"])]


class CalendarKeyView(View):
    id: UUID
    name: Annotated[str, Field(examples=["Điện thoại cơ quan"])]
    prefix: Annotated[str, _PREFIX]
    created_at: datetime
    last_used_at: datetime | None


class CalendarKeyCreated(CalendarKeyView):
    """A new key, in the address that a calendar program takes."""

    address: Annotated[
        str,
        Field(
            description="Shown this once and kept nowhere; filters may be added.",
            examples=["/api/v1/calendar.ics?key=cal_k3m5p7q2aaaabbbbccccddddeeeeffff22223333"],
        ),
    ]
