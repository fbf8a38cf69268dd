"""How records are read: a view is one select, derived from its Pydantic model.

A field of the view is a column of its table; a `Summary` is the record that `<field>_id` names;
an object with summaries inside, or a list of them, is a JSON column whose references are shown so.
PostgreSQL writes the JSON; a statement is compiled once per shape and runs prepared.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    join,
    literal_column,
    null,
    outerjoin,
    select,
    table,
    true,
    tuple_,
    union_all,
)

from sonla_api.kit.context import Context
from sonla_api.kit.cursors import Rows, page_of, unseal, wrong_cursor
from sonla_api.kit.listing import Listing, refuse_oracle
from sonla_api.kit.schema import FlagView, Summary, View
from sonla_api.kit.shapes import (
    Found,
    all_unsigned,
    as_item,
    embedded,
    names_records,
    shown_in,
    summary,
    to_json,
)
from sonla_api.kit.statement import Statement, Written
from sonla_api.kit.tombstones import missing


class Item(NamedTuple):
    id: UUID
    version: int
    body: bytes
    is_kept: bool = False
    """With the Idempotency-Key of its request, if there is one."""


class Shape(NamedTuple):
    """All that a page's SQL depends on; its values do not."""

    listing: type[Listing]
    sort: str
    limit: int
    side: str
    """Where the page begins: "" at the start, "valued" or "missing" behind a cursor."""
    filters: tuple[tuple[str, Hashable], ...]
    within: tuple[str, ...]
    only: ColumnElement[bool] | None
    is_stranger: bool


class Only(NamedTuple):
    """A condition of a list inside a record that no column of it names."""

    condition: ColumnElement[bool]
    binds: Mapping[str, Any]


class Records:
    """The rows of a model that the actor may see, in the shape of a view.

    `computed`: the fields that are no columns; `found`: members of objects that are not as stored;
    `parameters`: the binds these need; `beside`: a row next to each, which several are found from.
    """

    def __init__(
        self,
        model: Any,
        view: type[View],
        parameters: Callable[[Context], Mapping[str, Any]] = lambda _: {},
        beside: Callable[[Any], Any] | None = None,
        found: Mapping[str, Found] | None = None,
        /,
        **computed: Callable[[Any], Any],
    ) -> None:
        self.model, self.view, self.found = model, view, found or {}
        self._computed, self._parameters, self._beside = computed, parameters, beside

    def rows(self, of: Any = None, joined: Any = None) -> Any:
        """Where the columns come from: the model, with what stands beside each of its rows.

        `of`: as for `columns`; `joined`: a join that the model is already part of.
        """
        here = of or self.model
        rows = here if joined is None else joined
        return outerjoin(rows, self._beside(here), true()) if self._beside else rows

    def columns(
        self, *, is_stranger: bool, of: Any = None, is_one: bool = False
    ) -> list[ColumnElement[Any]]:
        """What the view shows, in its order; internal fields are null for a stranger.

        `of`: an alias of the model, for rows that stand elsewhere than in its table; `is_one`: for
        a single row.
        """
        hidden = self.model.internal if is_stranger else ()
        here = of or self.model
        return [
            (
                null()
                if name in hidden
                else self._column(here, name, field, is_stranger=is_stranger, is_one=is_one)
            ).label(name)
            for name, field in self.view.model_fields.items()
        ]

    async def item(self, ctx: Context, id_: UUID) -> Item:
        statement = self._item_stranger if ctx.actor.is_anonymous else self._item_known
        for version, body in await statement.fetch(ctx.reader, id=id_, **self.binds(ctx)):
            return Item(id_, version, body)
        return await missing(ctx, self.model.__tablename__, id_)

    async def page(
        self, ctx: Context, listing: Listing, only: Only | None = None, **within: Any
    ) -> Rows:
        """One page; `within` fixes columns, for a list inside a record, and `only` all else."""
        refuse_oracle(ctx, listing)
        given = listing.given()
        binds = {**within, **(only.binds if only else {})}
        values = {**listing.binds(), **binds, **self.binds(ctx)}
        bound_to = (self.model.__tablename__, listing.sort, given, binds)
        side = ""
        if listing.cursor is not None:
            key, values["cursor_id"] = unseal(listing.cursor, *bound_to)
            side, values["cursor_key"] = "missing" if key is None else "valued", key
            if key is None and not _may_be_missing(listing.ordered_by()):
                raise wrong_cursor()
        shape = Shape(
            type(listing),
            listing.sort,
            listing.limit,
            side,
            listing.forms(),
            (*within,),
            only.condition if only else None,
            ctx.actor.is_anonymous,
        )
        total = None
        if listing.count:
            ((total,),) = await self._count(shape).fetch(ctx.reader, **values)
        rows = await self._page(shape).fetch(ctx.reader, **values)
        return page_of(rows, listing.limit, total, *bound_to)

    def _where(self, shape: Shape) -> list[Any]:
        """The conditions of a list: the row filter, the given filters and what else is fixed."""
        fixed = [(name, getattr(self.model, name)) for name in shape.within]
        return [
            self.model.is_seen(),
            *(shape.listing.filters[name].clause(name, form) for name, form in shape.filters),
            *(found == bindparam(name, type_=found.type) for name, found in fixed),
            *([] if shape.only is None else [shape.only]),
        ]

    def binds(self, ctx: Context) -> dict[str, Any]:
        """What the select of the view asks about the actor and the day."""
        return {**ctx.parameters, **self._parameters(ctx)}

    def _column(
        self, of: Any, name: str, field: Any, *, is_stranger: bool, is_one: bool
    ) -> ColumnElement[Any]:
        if name in self._computed:
            found: ColumnElement[Any] = self._computed[name](of)
            return found
        shown = shown_in(field.annotation)
        if shown and issubclass(shown, Summary):
            return summary(shown, getattr(of, f"{name}_id"))
        if shown and names_records(shown):
            found_in = self.found.get(name)
            return embedded(getattr(of, name), field.annotation, found_in, of, is_one=is_one)
        plain: ColumnElement[Any] = getattr(of, name)
        return all_unsigned(plain) if is_stranger and shown is FlagView else plain

    @cached_property
    def _item_known(self) -> Statement:
        return self._item(is_stranger=False)

    @cached_property
    def _item_stranger(self) -> Statement:
        return self._item(is_stranger=True)

    def _item(self, *, is_stranger: bool) -> Statement:
        wanted = self.model.id == bindparam("id", type_=self.model.id.type)
        columns = self.columns(is_stranger=is_stranger, is_one=True)
        item = (
            select(*columns, self.model.version.label("item_version"))
            .select_from(self.rows())
            .where(wanted, self.model.is_seen())
            .subquery("row")
        )
        shown = as_item(item, self.view)
        return Statement(
            select(item.c.item_version, to_json(shown)).select_from(item.join(shown, true()))
        )

    @lru_cache(maxsize=512)  # noqa: B019  records live as long as the process
    def _page(self, shape: Shape) -> Statement:
        """Records with a value in order, then those without: two index scans, the second lazy.

        What is shown of them is found once their ids are known, so that it is planned once.
        """
        name = shape.sort.removeprefix("-")
        key, falls = shape.listing.orders[name], shape.sort.startswith("-")
        where = self._where(shape)
        id_, parts = self.model.id, []
        base = select(key.label("page_key"), id_.label("page_id"))
        base = base.select_from(self.model).where(*where)
        limit: Any = shape.limit + 1
        is_nullable = _may_be_missing(key)
        if shape.side != "missing":
            valued = _scan(base, [key, id_], _number(limit), shape.side, falls=falls)
            if is_nullable:
                rows = valued.cte("valued")
                parts.append(select(rows))
                limit = select(_number(limit) - func.count()).select_from(rows)
            else:
                parts.append(valued)
        if is_nullable:
            lone = base.where(key.is_(None))
            rest = _number(limit) if isinstance(limit, int) else limit.scalar_subquery()
            parts.append(_scan(lone, [id_], rest, "" if parts else shape.side, falls=falls))
        # Limited once more, so that the planner knows how few they are.
        both = parts[0] if len(parts) == 1 else union_all(*parts).limit(_number(shape.limit + 1))
        shown = self._shown(is_stranger=shape.is_stranger, falls=falls)
        return Statement(shown.behind("page", both))

    @cache  # noqa: B019  records live as long as the process
    def _shown(self, *, is_stranger: bool, falls: bool) -> Written:
        """What is shown of the records of a page: the same for all filters, and most of the SQL."""
        page = table("page", column("page_key"), column("page_id"))
        shown = [*self.columns(is_stranger=is_stranger), page.c.page_key, page.c.page_id]
        named = self.model.id == page.c.page_id
        found = self.rows(joined=join(page, self.model, named))
        row = select(*shown).select_from(found).subquery("row")
        item = as_item(row, self.view)
        key, id_ = (_directed(c, falls=falls) for c in (row.c.page_key, row.c.page_id))
        return Written(
            select(to_json(item), cast(row.c.page_key, Text), cast(row.c.page_id, Text))
            .select_from(row.join(item, true()))
            .order_by(key.nulls_last(), id_)
        )

    @lru_cache(maxsize=512)  # noqa: B019  records live as long as the process
    def _count(self, shape: Shape) -> Statement:
        where = self._where(shape)
        return Statement(select(func.count()).select_from(self.model).where(*where))


def _scan(
    base: Select[Any], keys: Sequence[Any], limit: Any, side: str, *, falls: bool
) -> Select[Any]:
    """One run through an index on key and id, or by id alone over the rows without a key."""
    base = base.where(*(key.is_not(None) for key in keys if _may_be_missing(key)))
    if side:
        names = ("cursor_key", "cursor_id")[-len(keys) :]
        here = [_typed(name, like) for name, like in zip(names, keys, strict=True)]
        left, right = tuple_(*keys), tuple_(*here)
        base = base.where(left < right if falls else left > right)
    return base.order_by(*(_directed(key, falls=falls) for key in keys)).limit(limit)


def _may_be_missing(key: Any) -> bool:
    return getattr(key, "nullable", True)


def _number(value: int) -> ColumnElement[int]:
    """As part of the SQL: with a parameter PostgreSQL would plan every call anew."""
    return literal_column(str(value))


def _directed(key: Any, *, falls: bool) -> Any:
    return key.desc() if falls else key.asc()


def _typed(name: str, like: Any) -> ColumnElement[Any]:
    """A cursor holds text as PostgreSQL wrote it, and PostgreSQL reads it back."""
    return cast(bindparam(name, type_=Text()), like.type)
