"""How values become JSON in SQL: objects, embedded summaries, a row as its view shows it."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import constant
from sonla_api.kit.schema import Summary, View


def summary(shown: type[Summary], reference: Any) -> ColumnElement[Any]:
    """The record that `reference` names; null where the actor may not see it."""
    that = aliased(model_of(shown.table))
    members = {
        name: summary(inner, getattr(that, f"{name}_id"))
        if (inner := summary_in(field.annotation))
        else getattr(that, name)
        for name, field in shown.model_fields.items()
    }
    named = json_object(**members)
    return select(named).where(that.id == reference, that.is_seen()).scalar_subquery()


def embedded(values: Any, shown: type[BaseModel]) -> ColumnElement[Any]:
    """A JSON list whose `<name>_id` members are shown as summaries under `<name>`."""
    element = column("element", JSONB)
    each = (
        func.jsonb_array_elements(values)
        .table_valued(column("element", JSONB), with_ordinality="place", name="each")
        .render_derived()
    )
    made = select(func.json_agg(_shown(element, shown))).select_from(each)
    empty: ColumnElement[Any] = literal_column("'[]'::json")
    is_empty = values == literal_column("'[]'::jsonb")  # most are, and that is asked fast
    return case((is_empty, empty), else_=func.coalesce(made.scalar_subquery(), empty))


def embedded_object(value: Any, shown: type[BaseModel]) -> ColumnElement[Any]:
    """A JSON object whose `<name>_id` members are shown as summaries; null where there is none."""
    return case((value.is_not(None), _shown(value, shown)))


def _shown(element: Any, shown: type[BaseModel]) -> ColumnElement[Any]:
    members: dict[str, Any] = {}
    for name, field in shown.model_fields.items():
        found = summary_in(field.annotation)
        members[name] = (
            summary(found, cast(element.op("->>")(constant(f"{name}_id")), Uuid))
            if found
            else element.op("->")(constant(name))
        )
    return json_object(**members)


def is_list(annotation: Any) -> bool:
    """Whether `X` of `list[X]` or `list[X] | None` stands in a list."""
    return get_origin(annotation) is list or any(map(is_list, get_args(annotation)))


def shown_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X`, `X | None` or `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if found := shown_in(part):
            return found
    return None


def summary_in(annotation: Any) -> type[Summary] | None:
    found = shown_in(annotation)
    return found if found and issubclass(found, Summary) else None


def json_object(**members: Any) -> ColumnElement[Any]:
    """A JSON object with these members."""
    pairs = [part for name, value in members.items() for part in (constant(name), value)]
    made: ColumnElement[Any] = func.json_build_object(*pairs)
    return made


def localized(en: Any, vi: Any) -> ColumnElement[Any]:
    """A text that the service says itself, in the shape of `LocalizedText`."""
    return json_object(vi=vi, en=en, lo=null())


def as_item(rows: Any, view: type[View]) -> Any:
    """The columns of the view alone, beside rows that hold more."""
    columns = [rows.c[name] for name in view.model_fields]
    return select(*columns).correlate(rows).lateral("item")


def to_json(item: Any) -> ColumnElement[bytes]:
    """A row as JSON; in bytes, as it is sent on without being read."""
    return as_bytes(func.row_to_json(literal_column(item.name)))


def as_bytes(value: ColumnElement[Any]) -> ColumnElement[bytes]:
    made: ColumnElement[bytes] = func.json_send(value, type_=LargeBinary())
    return made
