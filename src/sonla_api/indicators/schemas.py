import re
from functools import cache
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from sonla_api.indicators.models import Dimension, Flow, Frequency, ProductScheme
from sonla_api.kit.codes import Country
from sonla_api.kit.schema import Body, ResourceBody, ResourceView, Summary
from sonla_api.kit.text import LocalizedText, Message, refusal, text

MESSAGES = {
    "dimension_twice": Message("each dimension once", "mỗi chiều phân tổ chỉ ghi một lần"),
    "code_twice": Message("each code once", "mỗi mã chỉ ghi một lần"),
    "code_unknown": Message(
        "{unknown} is no code of {list}", "{unknown} không phải là mã của {list}"
    ),
    "codes_needed": Message("an own list names its codes", "danh mục riêng phải nêu các mã"),
    "scheme_of_products": Message(
        "products need a scheme, other dimensions have none",
        "mặt hàng cần có hệ thống mã; các chiều khác thì không",
    ),
    "flow_both": Message(
        "what has the dimension flow counts both flows",
        "chỉ tiêu phân tổ theo xuất khẩu, nhập khẩu phải tính cả hai chiều",
    ),
}
_CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
DIGITS = {ProductScheme.hs2: 2, ProductScheme.hs4: 4, ProductScheme.hs6: 6}
"""How long the codes of each level of the Harmonized System are."""

IndicatorCode = Annotated[
    str,
    Field(
        max_length=100,
        pattern=r"^[a-z][a-z0-9_]*([.][a-z0-9_]+)*$",
        description="Names it, also in addresses.",
        examples=["exports.total"],
    ),
]
ProductCode = Annotated[str, Field(pattern=_CODE, examples=["0810"])]
Unit = Annotated[str, text(40, min_length=1, is_one_line=True), Field(examples=["USD"])]


def is_product(scheme: ProductScheme, code: str) -> bool:
    """Whether a code has the form of its scheme."""
    digits = DIGITS.get(scheme)
    return digits is None or re.fullmatch(f"[0-9]{{{digits}}}", code) is not None


@cache
def _country() -> TypeAdapter[str]:
    return TypeAdapter(Country)


def _is_country(code: str) -> bool:
    try:
        _country().validate_python(code)
    except ValidationError:
        return False
    return True


class DimensionCodeBody(Body):
    """A value that a dimension takes."""

    code: ProductCode
    name: Annotated[
        LocalizedText | None,
        Field(examples=[{"vi": "Nhãn tươi", "en": "Fresh longan", "lo": None}]),
    ] = None


class DimensionBody(Body):
    """What observations are broken down by; without codes any known one is taken."""

    dimension: Annotated[Dimension, Field(examples=["product"])]
    scheme: Annotated[
        ProductScheme | None, Field(description="Of products alone.", examples=["hs4"])
    ] = None
    codes: Annotated[list[DimensionCodeBody], Field(max_length=2000)] = []


def _check_dimension(of: DimensionBody, place: str) -> None:
    """Whether a dimension has a scheme where it needs one, and codes that are of its list."""
    if (of.scheme is None) == (of.dimension is Dimension.product):
        raise refusal(MESSAGES, "scheme_of_products", at=f"{place}/scheme")
    if of.scheme is ProductScheme.own and not of.codes:
        raise refusal(MESSAGES, "codes_needed", at=f"{place}/codes")
    seen: set[str] = set()
    for number, one in enumerate(of.codes):
        at = f"{place}/codes/{number}/code"
        if one.code in seen:
            raise refusal(MESSAGES, "code_twice", at=at)
        if not _is_known(of, one.code):
            raise refusal(
                MESSAGES, "code_unknown", at=at, unknown=one.code, list=of.scheme or of.dimension
            )
        seen.add(one.code)


def _is_known(of: DimensionBody, code: str) -> bool:
    if of.dimension is Dimension.flow:
        return code in (Flow.exports, Flow.imports)
    return is_product(of.scheme, code) if of.scheme else _is_country(code)


class IndicatorCreate(ResourceBody):
    """Something that is counted or measured; another coverage is another indicator."""

    code: IndicatorCode
    name: Annotated[
        LocalizedText,
        Field(
            examples=[{"vi": "Giá trị hàng hóa xuất khẩu", "en": "Value of exports", "lo": None}]
        ),
    ]
    unit: Annotated[Unit, Field(description="A currency, or what is counted in.")]
    definition: Annotated[
        LocalizedText | None,
        Field(examples=[{"vi": None, "en": "Goods declared to customs, FOB", "lo": None}]),
    ] = None
    coverage: Annotated[
        LocalizedText,
        Field(
            description="What is counted, in words; figures of two coverages are never mixed.",
            examples=[{"vi": "Toàn tỉnh", "en": "Whole province", "lo": None}],
        ),
    ]
    dimensions: Annotated[list[DimensionBody], Field(max_length=3)] = []
    frequency: Annotated[Frequency | None, Field(examples=["yearly"])] = None
    flow: Annotated[
        Flow | None,
        Field(description="Of trade alone: which flow is counted.", examples=["exports"]),
    ] = None
    parent_id: Annotated[
        UUID | None, Field(description="The indicator of which this one counts a part.")
    ] = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        named = [one.dimension for one in self.dimensions]
        if len({*named}) < len(named):
            raise refusal(MESSAGES, "dimension_twice", at="/dimensions")
        if Dimension.flow in named and self.flow is not Flow.both:
            raise refusal(MESSAGES, "flow_both", at="/flow")
        for number, one in enumerate(self.dimensions):
            _check_dimension(one, f"/dimensions/{number}")
        return self


class IndicatorSummary(Summary, table="indicators"):
    code: Annotated[str, Field(examples=["exports.total"])]
    name: LocalizedText
    unit: Annotated[str, Field(examples=["USD"])]
    coverage: LocalizedText


class IndicatorUpdate(IndicatorCreate, partial=True):
    """The fields of an indicator to change."""


class IndicatorView(ResourceView):
    code: str
    name: LocalizedText
    unit: str
    definition: LocalizedText | None
    coverage: LocalizedText
    dimensions: list[DimensionBody]
    frequency: Frequency | None
    flow: Flow | None
    parent: IndicatorSummary | None
