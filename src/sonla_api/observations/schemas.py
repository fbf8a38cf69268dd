from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sonla_api.indicators.models import Flow
from sonla_api.indicators.schemas import IndicatorSummary, ProductCode
from sonla_api.kit.codes import Country
from sonla_api.kit.money import Amount
from sonla_api.kit.period import PartialDate, Period
from sonla_api.kit.schema import Body, Day, ResourceBody, ResourceView, SourceSummary, View
from sonla_api.kit.text import LocalizedText, Message, refusal
from sonla_api.observations.models import ObservationQualifier, ValueKind

MESSAGES = {
    "says_nothing": Message(
        "a value, or the growth where only that is printed",
        "ghi giá trị, hoặc mức tăng nếu nguồn chỉ in mức tăng",
    ),
}
ROWS = 1000
"""So many figures may be entered at once."""

Share = Annotated[
    Amount,
    Field(description="A share as a decimal: 0.105 is 10.5 %.", examples=["0.105"]),
]
Figure = Annotated[Amount, Field(examples=["186600000"])]


class DimensionsBody(Body):
    """What the figure is of; where a dimension of the indicator is null, of all of it."""

    flow: Annotated[Literal[Flow.exports, Flow.imports] | None, Field(examples=["exports"])] = None
    product: ProductCode | None = None
    partner_country: Annotated[Country | None, Field(examples=["CN"])] = None


class ObservationCreate(ResourceBody):
    """A figure as a source prints it; the first of `sources` is the one that has published it."""

    indicator_id: UUID
    period: Annotated[Period | None, Field(examples=["2025-H1"])] = None
    dimensions: Annotated[
        DimensionsBody,
        Field(examples=[{"flow": None, "product": None, "partner_country": None}]),
    ] = DimensionsBody()
    value: Annotated[
        Figure | None, Field(description="In the unit of the indicator.", examples=["112000000"])
    ] = None
    value_kind: Annotated[ValueKind | None, Field(examples=["flow"])] = None
    qualifier: Annotated[ObservationQualifier | None, Field(examples=["preliminary"])] = None
    change_yoy: Annotated[
        Share | None,
        Field(
            description="The growth on the year before, as printed: 0.105 is 10.5 %.",
            examples=["0.105"],
        ),
    ] = None
    as_of: Annotated[
        Day | None, Field(description="The day at the end of which a count stood so.")
    ] = None
    vintage: Annotated[
        PartialDate | None,
        Field(
            description="When it was published; another vintage stands beside this one.",
            examples=["2025-07"],
        ),
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.change_yoy is None:
            raise refusal(MESSAGES, "says_nothing", at="/value")
        return self


class ObservationUpdate(ObservationCreate, partial=True):
    """The fields of a figure to change."""


class ObservationView(ResourceView):
    indicator: IndicatorSummary | None
    period: Period | None
    dimensions: DimensionsBody
    value: str | None
    value_kind: ValueKind | None
    qualifier: ObservationQualifier | None
    change_yoy: str | None
    as_of: Day | None
    vintage: PartialDate | None


class _AsObservation:
    """Described as an observation, and taken as it is: each row is checked by itself."""

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        described = handler.generate_schema(ObservationCreate)
        return core_schema.no_info_wrap_validator_function(_object, described)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        other = "Any other object is refused in the answer for its row, and the rest stands."
        return {"anyOf": [handler(schema), {"type": "object", "description": other}]}


def _object(value: Any, _: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("dict_type", "an object is expected")
    return value


class ObservationRows(Body):
    """Figures to enter; each row stands or is refused by itself."""

    rows: Annotated[list[Annotated[Any, _AsObservation()]], Field(min_length=1, max_length=ROWS)]


class RowError(View):
    pointer: Annotated[
        str, Field(description="JSON pointer (RFC 6901) into the body.", examples=["/rows/3/value"])
    ]
    code: Annotated[str, Field(examples=["says_nothing"])]
    message: Annotated[
        LocalizedText, Field(examples=[{**MESSAGES["says_nothing"]._asdict(), "lo": None}])
    ]


class RowAnswer(View):
    """What became of a row: 201 with its new figure, or why it was refused."""

    row: Annotated[int, Field(description="From 0 on, as in pointers.", examples=[3])]
    status: Annotated[int, Field(examples=[201])]
    id: UUID | None
    version: int | None
    href: Annotated[
        str | None,
        Field(examples=["/api/v1/observations/019a7c1e-5b60-7cc3-98c4-0000d8698a76"]),
    ]
    type: Annotated[
        str | None,
        Field(description="The problem of a refused row.", examples=["/docs/problems/invalid"]),
    ]
    errors: list[RowError]


class RowsAnswer(View):
    """One answer a row, in the order of the rows."""

    created: Annotated[int, Field(examples=[118])]
    refused: Annotated[int, Field(examples=[2])]
    items: list[RowAnswer]


class ComputedGrowth(View):
    """From one value of the year before to this one."""

    observation_id: Annotated[UUID, Field(description="The value of the year before.")]
    source: SourceSummary | None
    vintage: PartialDate | None
    value: Figure
    growth: Annotated[str, Field(description="Computed; 0.105 is 10.5 %.", examples=["0.105000"])]
    difference: Annotated[
        str | None, Field(description="The printed growth less this one.", examples=["0.000000"])
    ]
    differs: Annotated[bool, Field(description="By more than rounding can explain.")]


class SeriesValue(View):
    """What one source said at one time, with its growth as printed and as computed."""

    observation_id: UUID
    version: int
    href: Annotated[
        str, Field(examples=["/api/v1/observations/019a7c1e-5b60-7cc3-98c4-0000d8698a76"])
    ]
    period: Period | None
    value: Figure | None
    qualifier: ObservationQualifier | None
    as_of: Day | None
    source: SourceSummary | None
    published_on: Annotated[Day | None, Field(description="Of the source.")]
    vintage: PartialDate | None
    change_yoy: Annotated[Share | None, Field(description="As printed.")]
    computed: Annotated[
        list[ComputedGrowth],
        Field(
            description="One for each value of the same indicator, dimensions and kind in the same "
            "part of the year before, by source and vintage."
        ),
    ]
    growth_differs: Annotated[
        bool, Field(description="Whether no value of the year before fits the printed growth.")
    ]


class SeriesPoint(View):
    """All values of one period."""

    dimensions: DimensionsBody
    value_kind: ValueKind | None
    period: Annotated[
        Period | None, Field(description="As one of the values gives it; null where unknown.")
    ]
    values: list[SeriesValue]


class SeriesView(View):
    """An indicator over time: what is printed and what follows from it, beside each other."""

    indicator: IndicatorSummary
    items: list[SeriesPoint]
    next_cursor: Annotated[
        str | None,
        Field(description="Null on the last page.", examples=["Uh3vQ0c2x7lbIjIwMjUtMDYtMjYiXQ"]),
    ]
    total: Annotated[int | None, Field(description="With `count=exact` only.", examples=[45])]
