"""What is found over all resources, the best first."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from sonla_api.kit.schema import View
from sonla_api.kit.text import LocalizedText

_TITLE: dict[str, Any] = {"vi": "Tỉnh Hủa Phăn", "en": "Houaphanh Province", "lo": "ແຂວງຫົວພັນ"}


class HitView(View):
    """A record that was found."""

    resource: Annotated[str, Field(examples=["partners"])]
    id: UUID
    href: Annotated[str, Field(examples=["/api/v1/partners/019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"])]
    title: Annotated[
        LocalizedText | str | None,
        Field(
            description="A text where the record has it in one language alone; null where it is "
            "called as another record that the caller may not see.",
            examples=[_TITLE],
        ),
    ]
    matched: Annotated[
        str | None,
        Field(
            description="The title, alias, symbol or code that is nearest to what was asked.",
            examples=["Hủa Phăn"],
        ),
    ]
    score: Annotated[
        str,
        Field(
            pattern="^[01][.][0-9]{2}$",
            description="From 0.00 to 1.00, which is what was asked and nothing else.",
            examples=["1.00"],
        ),
    ]


class ResourceFound(View):
    """How much of a resource was found and compared."""

    resource: Annotated[str, Field(examples=["partners"])]
    found: Annotated[
        int, Field(description="Records found, as far as they were looked for.", examples=[1])
    ]
    is_bounded: Annotated[
        bool,
        Field(
            description="There are more, which were not compared; `href` lists all of them.",
            examples=[False],
        ),
    ]
    href: Annotated[str, Field(examples=["/api/v1/partners?q=hua+phan"])]


class SearchView(View):
    """The best of all that was found, and how far that was looked for."""

    items: list[HitView]
    is_exact: Annotated[
        bool,
        Field(
            description="Every word stands in what was found; false where nothing has them all, "
            "and what comes near is shown.",
            examples=[True],
        ),
    ]
    resources: Annotated[
        list[ResourceFound], Field(description="The resources in which something was found.")
    ]
