"""What records of any resource are called, and where each is to be found."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from sonla_api.kit.context import Context
from sonla_api.kit.mentions import model_of, target_of
from sonla_api.kit.model import Resource, constant
from sonla_api.kit.text import Message, refusal

MESSAGES = {
    "unknown_resource": Message(
        "no such resource: {unknown}; known: {known}",
        "không có loại bản ghi {unknown}; có: {known}",
    ),
}


def resources() -> dict[str, type[Resource]]:
    """Those that there are, by their names."""
    found: dict[str, type[Resource]] = {m.__tablename__: m for m in Resource.__subclasses__()}
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class one_of_resources:  # noqa: N801 - reads as a rule beside a type, as kit.text.text does
    """A rule for a string: one of these names, which are known when all packages are loaded."""

    among: Callable[[], Collection[str]]

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            self._known, core_schema.str_schema(strict=True, max_length=60)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "enum": sorted(self.among())}

    def _known(self, name: str) -> str:
        known = self.among()
        if name not in known:
            context = {"unknown": name, "known": ", ".join(known)}
            raise refusal(MESSAGES, "unknown_resource", **context)
        return name


def readable(ctx: Context, asked: Collection[str], among: Collection[str]) -> list[str]:
    """The resources asked for, all where none is, as far as the actor may read any of them."""
    for name in asked:
        ctx.actor.require(f"{name}:read")
    return [name for name in asked or among if ctx.actor.may(f"{name}:read")]


def address(model: type[Resource]) -> str:
    """Where the records of a resource are listed."""
    return f"/api/v1/{model.__tablename__.replace('_', '-')}"


def href(model: type[Resource]) -> ColumnElement[str]:
    """Where a record is."""
    return func.concat(constant(f"{address(model)}/"), model.id)


def title(model: type[Resource], of: Any = None) -> ColumnElement[Any]:
    """What a record is called: a text, or one in several languages, as its table has it.

    Of one that has no name, what that is called which it belongs to, if the actor may see it.
    """
    name = model.called[0]
    column = getattr(of or model, name)
    above = target_of(model.__table__.c[name])
    if not above:
        return func.to_jsonb(column)
    owner = model_of(above)
    that = aliased(owner)
    return select(title(owner, that)).where(that.id == column, that.is_seen()).scalar_subquery()


def names(model: type[Resource]) -> ColumnElement[Any]:
    """All that a record is called, in a JSON array of whatever holds it."""
    _, *others = model.called
    return func.jsonb_build_array(title(model), *(getattr(model, name) for name in others))
