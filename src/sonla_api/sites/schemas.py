from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from sonla_api.kit.citations import DocumentCited, DocumentCitedView
from sonla_api.kit.codes import Country, Subdivision, within_country
from sonla_api.kit.geometry import Point
from sonla_api.kit.period import PartialDate, Period
from sonla_api.kit.schema import AgencySummary, Body, ResourceBody, ResourceView, Summary, View
from sonla_api.kit.text import Line, LocalizedText
from sonla_api.sites.models import GateLevel, LevelDating, SiteKind


class StatusBody(Body):
    """Which level a gate has, when, and by which document."""

    level: Annotated[GateLevel, Field(examples=["international"])]
    valid: Annotated[Period | None, Field(examples=["2024-11-19/.."])] = None
    basis: DocumentCited | None = None


class SiteCreate(ResourceBody):
    """A gate, an economic zone, an airport, a park: a place of work with the outside."""

    kind: SiteKind
    name: Annotated[
        LocalizedText,
        Field(
            examples=[
                {
                    "vi": "Cửa khẩu quốc tế Lóng Sập",
                    "en": "Long Sap International Border Gate",
                    "lo": None,
                }
            ]
        ),
    ]
    aliases: Annotated[
        list[Line],
        Field(
            max_length=100,
            description="Other spellings, all of them searched.",
            examples=[["Loóng Sập"]],
        ),
    ] = []
    country: Annotated[Country | None, Field(description="In which it lies.", examples=["VN"])] = (
        None
    )
    subdivision: Annotated[Subdivision | None, Field(examples=["VN-05"])] = None
    borders: Annotated[
        Country | None, Field(description="The country that it borders.", examples=["LA"])
    ] = None
    managing_agency_id: UUID | None = None
    parent_id: Annotated[UUID | None, Field(description="The site that this one is a part of.")] = (
        None
    )
    pair_id: Annotated[
        UUID | None,
        Field(description="The gate on the other side; from then on each names the other."),
    ] = None
    location: Annotated[
        Point | None, Field(description="Null where no source gives it; never estimated.")
    ] = None
    established_on: Annotated[PartialDate | None, Field(examples=["1990-03-01"])] = None
    opened_on: Annotated[PartialDate | None, Field(examples=["2024-11-19"])] = None
    status: Annotated[
        list[StatusBody],
        Field(max_length=50, description="The levels that it has had; two sources may differ."),
    ] = []

    @model_validator(mode="after")
    def _in_its_country(self) -> Self:
        within_country(self.subdivision, [self.country] if self.country else [])
        return self


class SiteUpdate(SiteCreate, partial=True):
    """The fields of a site to change."""


class SiteSummary(Summary, table="sites"):
    name: LocalizedText


class SiteNamed(Body):
    """A site of the register, named by a record that is about it."""

    site_id: UUID


class SiteNamedView(View):
    site: SiteSummary | None


class StatusView(View):
    level: GateLevel
    valid: Period | None
    basis: DocumentCitedView | None


class SiteView(ResourceView):
    kind: SiteKind
    name: LocalizedText
    aliases: list[str]
    country: str | None
    subdivision: str | None
    borders: str | None
    managing_agency: AgencySummary | None
    parent: SiteSummary | None
    pair: SiteSummary | None
    location: Point | None
    established_on: PartialDate | None
    opened_on: PartialDate | None
    status: list[StatusView]
    level: Annotated[
        GateLevel | None,
        Field(description="That of the day asked for; null where none is known of it."),
    ]
    level_dating: Annotated[
        LevelDating | None, Field(description="How it is known that the level counts on that day.")
    ]
