"""How values become JSON in SQL: objects, embedded summaries, a row as its view shows it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, dialect
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import aliased

from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import AGENCIES, SIGHT, constant
from sonla_api.kit.schema import Summary, View

_NAMED = dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # of SQLAlchemy


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


class Found(NamedTuple):
    """Members of an object inside a record that are not as they are stored: each is found from the
    object and texts of the record, which are empty where they are not known.
    """

    by: tuple[str, ...]
    """The fields of the record."""
    members: Mapping[str, Callable[..., ColumnElement[Any]]]

    def texts(self, of: Any) -> list[ColumnElement[Any]]:
        return [func.coalesce(getattr(of, name), constant("")) for name in self.by]


_AS_STORED = Found((), {})


def embedded(
    value: Any, annotation: Any, found: Found | None = None, of: Any = None, *, is_one: bool = False
) -> ColumnElement[Any]:
    """A JSON object, or a list of them, whose `<name>_id` members are shown as summaries under
    `<name>`; so are those of objects inside them.

    `is_one`: for one record, of which PostgreSQL would open all sub-selects to run few of them;
    `found`: members that are not as they are stored, but found from the record `of` as well.
    """
    shown: Any = shown_in(annotation)
    found = found or _AS_STORED
    texts = found.texts(of)
    is_called = is_one and bool(shown.shown_by)
    called = getattr(func, shown.shown_by)(value, *texts, SIGHT, AGENCIES) if is_called else None
    if not _is_list(annotation):
        is_object = func.jsonb_typeof(value) == constant("object")
        inline = _shown_object(value, shown, found, texts)
        return case((is_object, called if is_called else inline), else_=null())
    made = called if is_called else _shown_list(value, shown, found, texts).scalar_subquery()
    empty: ColumnElement[Any] = literal_column("'[]'::json")
    is_empty = value == literal_column("'[]'::jsonb")  # most are, and that is asked fast
    return case((is_empty, empty), else_=func.coalesce(made, empty))


def function_body(shown: type[View], found: Found | None = None) -> str:
    """The body of the function that `shown_by` names, in PL/pgSQL, as a migration makes it.

    It is opened where it is called, not with the statement that might call it.
    """
    given, found = column("given", JSONB), found or _AS_STORED
    texts = [column(f"of_{name}", Text) for name in found.by]
    several, one = (
        re.sub(r"(?<!:):(\w+)", r"\1", str(made.compile(dialect=_NAMED)))
        for made in (
            _shown_list(given, shown, found, texts),
            _shown_object(given, shown, found, texts),
        )
    )
    return (
        "\nbegin\n    if jsonb_typeof(given) = 'array' then\n"
        f"        return ({several});\n    end if;\n    return {one};\nend\n"
    )


def _shown_list(
    value: Any, shown: type[BaseModel], found: Found, texts: Sequence[Any]
) -> Select[Any]:
    element = column("element", JSONB)
    each = func.jsonb_array_elements(value).table_valued(element, name="each").render_derived()
    shown_each = _shown_object(column("element", JSONB), shown, found, texts)
    return select(func.json_agg(shown_each)).select_from(each)


def _shown_object(
    value: Any, shown: type[BaseModel], found: Found, texts: Sequence[Any]
) -> ColumnElement[Any]:
    members: dict[str, Any] = {}
    for name, field in shown.model_fields.items():
        inner, member = shown_in(field.annotation), value.op("->")(constant(name))
        if name in found.members:
            members[name] = found.members[name](value, *texts)
        elif named := summary_in(field.annotation):
            reference = cast(value.op("->>")(constant(f"{name}_id")), Uuid)
            members[name] = summary(named, reference)
        else:
            members[name] = (
                embedded(member, field.annotation) if inner and names_records(inner) else member
            )
    return json_object(**members)


def names_records(shown: type[BaseModel]) -> bool:
    """Whether there are summaries in it, or in the objects inside it."""
    inner = [shown_in(field.annotation) for field in shown.model_fields.values()]
    return any(found and (issubclass(found, Summary) or names_records(found)) for found in inner)


def summary_in(annotation: Any) -> type[Summary] | None:
    found = shown_in(annotation)
    return found if found and issubclass(found, Summary) else None


def _is_list(annotation: Any) -> bool:
    """Whether it is `list[X]` or `list[X] | None`."""
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))


def unsigned(flag: Any) -> ColumnElement[Any]:
    """A flag as strangers see it: not who acknowledged it."""
    by: ColumnElement[Any] = literal_column("'{acknowledged,by}'::text[]")
    is_signed = func.jsonb_typeof(flag.op("->")(constant("acknowledged"))) == constant("object")
    nobody: ColumnElement[Any] = literal_column("'null'::jsonb")
    made: ColumnElement[Any] = case(
        (is_signed, func.jsonb_set(flag, by, nobody, type_=JSONB)), else_=flag
    )
    return made


def all_unsigned(flags: Any) -> ColumnElement[Any]:
    """The flags of a record as strangers see them."""
    each = elements(flags, "flag")
    made = select(func.jsonb_agg(aggregate_order_by(unsigned(each.c.flag), each.c.ordinal)))
    is_empty = flags == literal_column("'[]'::jsonb")
    return case((is_empty, flags), else_=made.scalar_subquery())


def elements(value: Any, name: str, rows: str = "each") -> Any:
    """The elements of a JSON list as `rows`: each under this name, and its `ordinal`, which no
    table has a column of.
    """
    each = func.jsonb_array_elements(value)
    named = each.table_valued(column(name, JSONB), with_ordinality="ordinal", name=rows)
    return named.render_derived()


def shown_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X`, `X | None` or `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if found := shown_in(part):
            return found
    return None


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
