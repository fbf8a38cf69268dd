from typing import Annotated, ClassVar

from sonla_api.kit.codes import Language
from sonla_api.kit.filters import at_least, at_most, matches, one_of, overlaps
from sonla_api.kit.listing import Listing, Q
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.records import Records
from sonla_api.kit.schema import Day
from sonla_api.kit.text import Line
from sonla_api.sources.models import Source
from sonla_api.sources.schemas import SourceView

sources = Records(Source, SourceView)


class SourceListing(Listing):
    orders: ClassVar = {"created_at": Source.created_at, "published_on": Source.published_on}

    q: Annotated[Q, matches(Source.words)] = None
    key: Annotated[list[Line], one_of(Source.key)] = []
    language: Annotated[list[Language], one_of(Source.language)] = []
    published_on_from: Annotated[Day | None, at_least(Source.published_on)] = None
    published_on_to: Annotated[Day | None, at_most(Source.published_on)] = None
    period: Annotated[PeriodFilter | None, overlaps(Source.covers_days)] = None
