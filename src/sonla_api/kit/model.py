"""What every table is built from: a row with its own address is a `Resource`."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
)
from sqlalchemy import Enum as OneOf
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, declared_attr, mapped_column
from uuid_utils.compat import uuid7

from sonla_api.kit.codes import CodeList

_enum_as_text = OneOf(
    Enum,
    native_enum=False,
    create_constraint=True,
    length=40,
    values_callable=lambda kind: [member.value for member in kind],
)


def _field(check: Any, _: Table) -> str:
    """A check is named after the field it is about: its name becomes the pointer of a problem."""
    return next((column.name for column in check.columns), str(check.name))


class Model(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(field_or_constraint_name)s",
            "field_or_constraint_name": _field,
        }
    )
    type_annotation_map = {
        str: Text(),
        datetime: DateTime(timezone=True),
        Enum: _enum_as_text,
        list[str]: ARRAY(Text),
        list[str] | None: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        Any: JSONB(none_as_null=True),
    }

    internal: ClassVar[frozenset[str]] = frozenset()
    """Fields that a caller without a credential sees as null, and may not filter or sort by."""


class Visibility(CodeList):
    public = "public", "Anyone", "Công khai"
    internal = "internal", "Any credential", "Nội bộ"
    agency = "agency", "The owning agency and those taking part", "Cơ quan chủ quản và liên quan"


SIGHT = bindparam("actor_sight", type_=ARRAY(Text))
AGENCIES = bindparam("actor_agencies", type_=ARRAY(Uuid))
_writes_all: ColumnElement[bool] = bindparam("actor_writes_all", type_=Boolean())
_shown_visibility = bindparam("shown_visibility", type_=Text())
_shown_owner: ColumnElement[UUID | None] = bindparam("shown_owner", type_=Uuid())
_shown_taking_part = bindparam("shown_taking_part", type_=ARRAY(Uuid))


def readers(of: Mapping[str, Any], taking_part: Iterable[UUID] = ()) -> dict[str, Any]:
    """The binds of `Visible.is_seen_as_widely`: who sees a record of these values, in which these
    agencies take part.
    """
    return {
        "shown_visibility": of["visibility"],
        "shown_owner": of["owner_agency_id"],
        "shown_taking_part": [*taking_part],
    }


def constant(value: str) -> ColumnElement[Any]:
    """A text of our own as part of the SQL: neither planned anew nor sent with every request."""
    quoted = value.replace("'", "''")
    return literal_column(f"'{quoted}'")


def among(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column has one of these values of our own."""
    found: ColumnElement[bool] = column.in_([constant(value) for value in values])
    return found


def is_own(agency: Any) -> ColumnElement[bool]:
    """Whether an agency is the caller's or below it; for administrators any is."""
    return or_(_writes_all, func.coalesce(agency == any_(AGENCIES), false()))


OWNER = "owner"


class Visible:
    """A row that some callers may not see."""

    visibility: Mapped[Visibility] = mapped_column(default=Visibility.internal)

    owner_agency_id: Mapped[UUID | None]
    taking_part: Mapped[list[UUID]] = mapped_column(server_default="{}")
    """Agencies assigned, consulted or taking part; the table's own trigger keeps it."""

    @classmethod
    def is_seen(cls) -> ColumnElement[bool]:
        """The one row filter: item, list, count, summary, history, feed and write go through it.

        Its parameters come from `Actor.parameters`.
        """
        takes_part = or_(
            cls.owner_agency_id == any_(AGENCIES), cls.taking_part.bool_op("&&")(AGENCIES)
        )
        return or_(
            cls.visibility == any_(SIGHT),
            and_(cls.visibility == constant(Visibility.agency), takes_part),
        )

    @classmethod
    def is_seen_as_widely(cls) -> ColumnElement[bool]:
        """Whether all who see the record whose `readers` are in binds see this one too.

        What is said to everybody who sees a record may rest on such rows alone.
        """
        all_here = func.array_append(cls.taking_part, cls.owner_agency_id)
        return or_(
            cls.visibility == constant(Visibility.public),
            and_(
                cls.visibility == constant(Visibility.internal),
                _shown_visibility != constant(Visibility.public),
            ),
            and_(
                _shown_visibility == constant(Visibility.agency),
                cls.owner_agency_id == _shown_owner,
                _shown_taking_part.bool_op("<@")(all_here),
            ),
        )

    @classmethod
    def is_written(cls) -> ColumnElement[bool]:
        """Whether the caller may change the row: owner, agencies above it, administrators."""
        return is_own(cls.owner_agency_id)

    @classmethod
    def acts_as(cls) -> dict[str, ColumnElement[bool]]:
        """As what the caller may take steps with the row; most know its owner alone."""
        return {OWNER: cls.is_written()}


class Resource(Visible, Model):
    """A record: an address, an owner, where it comes from, and a version that is its ETag."""

    __abstract__ = True

    cites: ClassVar[dict[str, tuple[str, ...]]] = {"sources": ("source_id",)}
    """Which JSON fields hold references, and under which names: kept as rows in `mentions`.

    A name with a dot stands inside an object: `document.document_id`.
    """
    internal: ClassVar[frozenset[str]] = frozenset({"created_by", "updated_by"})
    called: ClassVar[tuple[str, ...]] = ("title",)
    """The fields by which people know a record, the first being its title. Where that refers to
    another record, it is called as that one is."""
    derived: ClassVar[tuple[str, ...]] = ()
    """Columns that the database computes, so the change log leaves them out."""
    constraints: ClassVar[tuple[Any, ...]] = ()
    """Constraints and indexes of this table beside those that every resource has."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column(default=1)
    owner_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    key: Mapped[str | None]
    note: Mapped[str | None]
    sources: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    flags: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    printed: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy hands it the class
        """SQLAlchemy raises the version at every update and refuses a stale one."""
        return {"version_id_col": cls.__table__.c.version}

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  SQLAlchemy hands it the class
        owned = "visibility <> 'agency' or owner_agency_id is not null"
        return (
            *cls.constraints,
            UniqueConstraint("key"),
            Index(None, "created_at", "id"),
            # Few records have flags, so the others pay nothing for this one.
            Index(None, "id", postgresql_where="flags <> '[]'"),
            CheckConstraint(owned, name="owner_agency_id"),
        )


def forget_expressions() -> None:
    """Let go of what SQLAlchemy makes of each column as it maps it and as it stands in a statement:
    2 MB, of which a statement that has been compiled needs nothing.
    """
    for mapper in Model.registry.mappers:
        for attribute, comparator in _attributes(mapper):
            with suppress(AttributeError):
                del attribute.expression
            with suppress(AttributeError):
                del comparator.__clause_element__


@cache
def _attributes(mapper: Mapper[Any]) -> list[tuple[Any, Any]]:
    names = mapper.column_attrs.keys()
    every = [getattr(mapper.class_, name) for name in names]
    return [(attribute, attribute.comparator) for attribute in every]
