"""What a list accepts: a feature's `Listing` has an annotated field per filter, and its orders."""

from collections.abc import Hashable, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal, get_origin
from urllib.parse import urlencode

from pydantic import AfterValidator, Field, field_validator, model_validator
from sqlalchemy import ColumnElement

from sonla_api.kit.building import BuiltOnce
from sonla_api.kit.context import Context
from sonla_api.kit.filters import Filter
from sonla_api.kit.formats import Format
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.problems import Unauthenticated
from sonla_api.kit.text import Line, Message, few_words, refusal

_FEW = Field(max_length=100).metadata
"""So many values a filter takes: each is compared with every record."""
MESSAGES = {
    "unknown_parameter": Message(
        "unknown: {unknown}; known: {known}", "không có tham số: {unknown}; có: {known}"
    ),
    "unknown_sort": Message(
        "sort by one of {known}, with - before it to fall",
        "sắp xếp theo một trong {known}, thêm - phía trước để giảm dần",
    ),
}


class Parameters(BuiltOnce):
    """What a reading address accepts in its query; an unknown name is told the known ones."""

    filters: ClassVar[Mapping[str, Filter]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.filters = {
            name: mark
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Filter)
        }
        for name, mark in cls.filters.items():
            field = cls.model_fields[name]
            field.description = field.description or mark.says
            if get_origin(field.annotation) is list and _FEW[0] not in field.metadata:
                field.metadata = [*_FEW, *field.metadata]

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: dict[str, Any]) -> dict[str, Any]:
        fields = [field.alias or name for name, field in cls.model_fields.items()]
        if unknown := given.keys() - {*fields}:
            names = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(fields)}
            raise refusal(MESSAGES, "unknown_parameter", **names)
        return given

    def given(self) -> dict[str, Any]:
        """The filters in use, each value once; a list of one is that value."""
        values: dict[str, Any] = {}
        for name in self.filters:
            value = getattr(self, name)
            if value in (None, []):
                continue
            if isinstance(value, list):
                value = [*dict.fromkeys(value)]
                value = value[0] if len(value) == 1 else value
            values[name] = value
        return values

    def forms(self) -> tuple[tuple[str, Hashable], ...]:
        """The filters in use, each with the form of its value."""
        return tuple((name, self.filters[name].form(v)) for name, v in self.given().items())

    def shape(self) -> Hashable:
        """All that SQL for them depends on: the forms of the filters; of the rest, which choice was
        made, and whether a value is given.
        """
        rest = [getattr(self, n) for n in type(self).model_fields if n not in self.filters]
        return self.forms(), *(v if isinstance(v, Enum) else v is not None for v in rest)

    def binds(self) -> dict[str, Any]:
        """`given` as bind values, and the period of a count: a period is split into its ends."""
        binds: dict[str, Any] = {}
        counted = {"period": period} if (period := getattr(self, "period", None)) else {}
        for name, value in (counted | self.given()).items():
            if isinstance(value, PeriodFilter):
                binds[f"{name}_first"], binds[f"{name}_end"] = value.days
            else:
                binds[name] = value
        return binds

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters in use as SQL."""
        return [self.filters[name].clause(name, form) for name, form in self.forms()]

    def address(self, resource: str, prefix: str = "", /, **more: Any) -> str:
        """Where the records of a resource with the filters in use are listed, and with others.

        `prefix`: of their names, where they are those of the records that others name.
        """
        filters = {f"{prefix}{name}": getattr(self, name) for name in self.given()}
        return list_address(resource, **filters | more)


class Paging(Parameters):
    """Which page of a list, and whether all are counted."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: (
        Annotated[str, Field(max_length=2000, json_schema_extra={"format": "cursor"})] | None
    ) = None
    count: Literal["exact"] | None = None
    format: Format = None


class Listing(Paging):
    """The parameters of one list; `orders` maps the names to sort by to columns."""

    orders: ClassVar[Mapping[str, Any]] = {}

    sort: Annotated[str, Field(max_length=60)] = "-created_at"

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        super().__pydantic_init_subclass__()
        known = ", ".join(f"{name}, -{name}" for name in cls.orders)
        sort = cls.model_fields["sort"]
        sort.description = f"One of {known}; records without it come last."
        sort.json_schema_extra = {"pattern": f"^-?({'|'.join(cls.orders)})$"}

    @field_validator("sort")
    @classmethod
    def _sortable(cls, sort: str) -> str:
        if sort.removeprefix("-") not in cls.orders:
            raise refusal(MESSAGES, "unknown_sort", known=", ".join(cls.orders))
        return sort

    def ordered_by(self) -> Any:
        return self.orders[self.sort.removeprefix("-")]


def list_address(resource: str, /, **filters: Any) -> str:
    """Where the records of a resource with these filters are listed; None and [] are left out."""
    given = {name: value for name, value in filters.items() if value is not None}
    said = {n: str(v).lower() if isinstance(v, bool) else v for n, v in given.items()}
    query = urlencode(said, doseq=True)
    return f"/api/v1/{resource}" + (f"?{query}" if query else "")


def refuse_oracle(ctx: Context, asked: Parameters) -> None:
    """What a stranger may not see it may not filter by: the count would tell."""
    if ctx.actor.is_anonymous and any(asked.filters[name].is_internal for name in asked.given()):
        raise Unauthenticated


def of_group(query: Any, row: Any) -> dict[str, Any]:
    """The filters that list one group of a count; what has no value is asked for by `without`."""
    if row["is_total"]:
        return {}
    name = query.group_by.value
    return {"without": [*query.without, name]} if row["group"] is None else {name: row["group"]}


def group_hrefs(query: Any, row: Any, resource: str, **chosen: Any) -> dict[str, str | None]:
    """Where one group of a count is listed, and what of it cannot be placed in the period."""

    def listed(**placed: Any) -> str:
        found: str = query.address(resource, **of_group(query, row), **chosen, **placed)
        return found

    period = query.period
    return {
        "href": listed(within=period),
        "not_placed_href": listed(not_placed_in=period) if period else None,
    }


Q = Annotated[
    Line | None,
    AfterValidator(few_words),
    Field(description="Words to look for, at most 20; diacritics and case do not matter, đ = d."),
]
