from datetime import date
from typing import Annotated

from pydantic import Field

from sonla_api.kit.codes import Language
from sonla_api.kit.period import Period
from sonla_api.kit.schema import Day, ResourceBody, ResourceView, Url
from sonla_api.kit.text import Line


class SourceCreate(ResourceBody):
    """A page, document or person that facts come from."""

    title: Annotated[Line, Field(examples=["Son La promotes diplomatic activities"])]
    publisher: Annotated[Line | None, Field(examples=["Son La newspaper"])] = None
    url: Url | None = None
    published_on: Day | None = None
    covers: Annotated[Period | None, Field(examples=["2024-H1"])] = None
    language: Annotated[Language | None, Field(examples=["en"])] = None


class SourceUpdate(SourceCreate, partial=True):
    """The fields of a source to change."""


class SourceView(ResourceView):
    title: str
    publisher: str | None
    url: str | None
    published_on: date | None
    covers: Period | None
    language: str | None
