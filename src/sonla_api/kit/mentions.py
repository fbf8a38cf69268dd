"""References inside JSON fields, kept as rows with foreign keys by a trigger.

A record stays one row (its version and its history cover all of it), the database still refuses
a reference to nothing, and what points to a record is found in one place.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    any_,
    bindparam,
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import Mapped, aliased, mapped_column

from sonla_api.kit.asked import Asked
from sonla_api.kit.context import Context, WriteContext
from sonla_api.kit.model import Model, Resource, constant
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message

UNKNOWN = Message("there is no such record", "không có bản ghi này")


class Mention(Model):
    """One reference: record `record_id` of `resource` names another one in its JSON `field`."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index(None, "record_id"),
        *(
            # Of all these columns one has a value: so a reference is in one of these, not in all.
            Index(None, name, postgresql_where=f"{name} is not null")
            for name in (
                "source_id",
                "agency_id",
                "partner_id",
                "document_id",
                "delegation_id",
                "project_id",
                "agreement_id",
                "site_id",
                "event_id",
            )
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    resource: Mapped[str]
    record_id: Mapped[UUID]
    field: Mapped[str]
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partners.id"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("delegations.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreements.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"))


def mentioned(
    model: type[Resource], field: str, asked: Asked, member: str = ""
) -> ColumnElement[bool]:
    """Whether a row of `model` names, in its JSON `field`, a record that is asked for."""
    target = Mention.__table__.c[member or model.cites[field][0].rpartition(".")[2]]
    is_it = target == seen(target, asked)
    return exists().where(Mention.record_id == model.id, Mention.field == field, is_it)


def seen(reference: Any, asked: Asked) -> ColumnElement[Any]:
    """The records asked for that the actor may see, to compare a foreign key with.

    A guess must tell nothing that the record itself hides. Asked once a statement, not once a row.
    """
    that = aliased(model_of(target_of(reference)))
    wanted = that.id == asked.any_of(Uuid())
    found = select(that.id).where(wanted, that.is_seen()).scalar_subquery()
    return any_(func.array(found)) if asked.is_several else found


def names_seen(reference: Any) -> ColumnElement[bool]:
    """Whether a foreign key names a record that the actor may see."""
    that = aliased(model_of(target_of(reference)))
    return select(that.id).where(that.id == reference, that.is_seen()).exists()


@cache
def target_of(reference: Any) -> str:
    """The table that a foreign key leads to; "" for any other column."""
    keys = [key.target_fullname.partition(".")[0] for key in reference.foreign_keys]
    return keys[0] if keys else ""


def model_of(table: str) -> type[Resource]:
    """The resource behind a table, by name, so that lower packages need not import higher ones."""
    for mapper in Model.registry.mappers:
        found: type[Resource] = mapper.class_
        if found.__tablename__ == table:
            return found
    raise LookupError(table)


class Reference(NamedTuple):
    """A place in the values of a record that holds the id of another one."""

    table: str
    pointer: str
    holder: dict[str, Any]
    key: str

    @property
    def id(self) -> UUID:
        return UUID(str(self.holder[self.key]))


def references(
    model: type[Model], field: str, holder: dict[str, Any], key: str
) -> Iterator[Reference]:
    """Those in one field of a record, the value of which stands in `holder` under `key`."""
    value, ways = holder[key], _ways(model).get(field)
    if not value or not ways:
        return
    for outer, member, table in ways.inside:
        for pointer, element in _elements(f"/{field}", value):
            inner = _within(element, outer)
            if inner and inner.get(member):
                yield Reference(table, "/".join((pointer, *outer, member)), inner, member)
    if ways.table:
        yield Reference(ways.table, f"/{field}", holder, key)


def all_references(model: type[Resource], values: dict[str, Any]) -> list[Reference]:
    """Those in all values of a record."""
    ways = _ways(model)
    return [it for name in values if name in ways for it in references(model, name, values, name)]


class _Ways(NamedTuple):
    """How references are found in a field."""

    inside: list[tuple[list[str], str, str]]
    """In its objects: the objects around, the member, the table that it names a record of."""
    table: str
    """Of the record that the field itself names; "" where it is no reference."""


@cache
def _ways(model: type[Model]) -> dict[str, _Ways]:
    """By field, of those that hold references."""
    found, cites = {}, getattr(model, "cites", {})
    for field in model.__table__.c.keys() | cites.keys():
        column = model.__table__.c.get(field)
        inside = []
        for path in cites.get(field, ()):
            *outer, member = path.split(".")
            inside.append((outer, member, target_of(Mention.__table__.c[member])))
        table = "" if column is None else target_of(column)
        if inside or table:
            found[field] = _Ways(inside, table)
    return found


def _elements(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The objects in a JSON field, which holds a list of them or one."""
    if isinstance(value, list):
        yield from ((f"{pointer}/{n}", element) for n, element in enumerate(value))
    else:
        yield pointer, value


def _within(element: Any, outer: list[str]) -> Any:
    for part in outer:
        element = element and element.get(part)
    return element


async def check_references(ctx: WriteContext, named: Sequence[Reference]) -> None:
    """Refuse references to what does not exist, or may not be seen by the caller."""
    known = await known_places(ctx, named)
    if errors := [
        FieldError(it.pointer, "reference", UNKNOWN)
        for it in named
        if (it.table, it.id) not in known
    ]:
        raise Invalid(errors=errors)


async def known_among(ctx: Context, named: Sequence[Reference]) -> set[UUID]:
    """The records named that are there, and that the actor sees."""
    return {id_ for _, id_ in await known_places(ctx, named)}


async def known_places(ctx: Context, named: Sequence[Reference]) -> set[tuple[str, UUID]]:
    """Each with its table: the id of a record elsewhere is no reference."""
    wanted = by_table(named)
    if not wanted:
        return set()
    ids = {_bind(table).key: found for table, found in wanted.items()}
    rows = await _known(tuple(wanted)).fetch(ctx.reader, **ids, **ctx.actor.parameters)
    return {(table, id_) for table, id_ in rows}


def by_table(named: Sequence[Reference]) -> dict[str, list[UUID]]:
    """The ids that are referred to, each once."""
    wanted: dict[str, dict[UUID, None]] = {}
    for reference in named:
        wanted.setdefault(reference.table, {})[reference.id] = None
    return {table: [*wanted[table]] for table in sorted(wanted)}


def all_seen(tables: Sequence[str]) -> ColumnElement[bool]:
    """Whether the actor sees the records with the ids in binds `in_<table>`, all of them."""
    found = select(func.count()).select_from(_among(tables).subquery()).scalar_subquery()
    counts = [func.cardinality(_bind(table)) for table in tables]
    return found == sum(counts[1:], counts[0])


@cache
def _known(tables: tuple[str, ...]) -> Statement:
    return Statement(_among(tables))


def _among(tables: Sequence[str]) -> Any:
    """Which of the ids given are those of records that the actor sees."""
    parts = []
    for target in map(model_of, tables):
        ids = any_(_bind(target.__tablename__))
        table = constant(target.__tablename__).label("table")
        parts.append(select(table, target.id).where(target.id == ids, target.is_seen()))
    return union_all(*parts)


def _bind(table: str) -> Any:
    return bindparam(f"in_{table}", type_=ARRAY(Uuid))
