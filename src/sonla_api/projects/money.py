"""The money of projects: summed from the transactions that are seen, never typed."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from sonla_api.kit.context import Context
from sonla_api.kit.mentions import model_of
from sonla_api.kit.model import among, constant, readers
from sonla_api.kit.schema import View
from sonla_api.kit.shapes import elements, json_object
from sonla_api.kit.statement import Statement
from sonla_api.kit.text import Message
from sonla_api.projects.models import TransactionType
from sonla_api.projects.schemas import CurrencySums, ProjectTotal

T = TransactionType
SUMS: Mapping[str, tuple[TransactionType, ...]] = {
    "committed": (T.incoming_commitment, T.outgoing_commitment),
    "disbursed": (T.incoming_funds, T.disbursement),
    "registered": (T.registered, T.increase, T.decrease),
    "realised": (T.realised,),
    "stated": (T.stated,),
}
"""Which types make up a sum; a decrease is taken off."""
_FACTOR = "1.2"
"""By how much two rates of one pair of currencies may differ, years apart as they may be."""
_DISBURSED = Message(
    "More is disbursed than committed in {currencies}.",
    "Số giải ngân vượt số cam kết tính bằng {currencies}.",
)
_RATES = Message(
    "Amounts given in two currencies imply rates of {pairs} that differ by more than a fifth.",
    "Các số tiền ghi bằng hai loại tiền cho ra tỷ giá {pairs} chênh nhau hơn một phần năm.",
)
_ALL: Any = true()
_NOTHING: Any = literal_column("0")
_empty: ColumnElement[Any] = literal_column("'[]'::json")


def money() -> Any:
    """The transactions, which stand above: asked for by name."""
    return model_of("transactions")


def sums(of: Any, is_counted: Any = _ALL) -> list[ColumnElement[Any]]:
    """Each of `SUMS` over transactions; null where there are none of its types."""
    amount = case((of.type == constant(T.decrease), -of.amount), else_=of.amount)
    return [
        func.sum(amount).filter(among(of.type, types), is_counted).label(name)
        for name, types in SUMS.items()
    ]


def totals_of(of: Any) -> Any:
    """The computed field of a project that sums its transactions by type and currency."""
    that = aliased(money())
    amount, count = cast(func.sum(that.amount), Text).label("amount"), func.count()
    each = _seen(of, that, that.type, that.currency, amount, count.label("transactions"))
    each = each.group_by(that.type, that.currency).subquery("each")
    return as_list(each, ProjectTotal, each.c.type, each.c.currency)


def sums_of(of: Any) -> Any:
    """The computed field of a project that sums its transactions by currency."""
    that = aliased(money())
    each = _seen(of, that, that.currency, *sums(that)).group_by(that.currency).subquery("each")
    return as_list(each, CurrencySums, each.c.currency)


def _seen(of: Any, that: Any, *shown: Any) -> Any:
    return select(*shown).where(that.project_id == of.id, that.is_seen()).correlate(of)


def as_list(each: Any, view: type[View], *order: Any) -> ColumnElement[Any]:
    """Rows as a JSON list of such views, numbers of money as text."""
    made = select(func.json_agg(aggregate_order_by(as_view(each.c, view), *order)))
    return func.coalesce(made.select_from(each).scalar_subquery(), _empty)


def as_view(of: Any, view: type[View]) -> ColumnElement[Any]:
    return json_object(
        **{
            name: cast(of[name], Text) if isinstance(of[name].type, Numeric) else of[name]
            for name in view.model_fields
        }
    )


async def money_doubts(
    ctx: Context, project_id: UUID, values: Mapping[str, Any]
) -> Mapping[str, Message]:
    """Sums of a project that do not fit each other.

    Of the transactions that all who see the project see: its flags tell nothing of others.
    """
    found: dict[str, Message] = {}
    named = (one.get("agency_id") for one in values["participants"])
    shown = readers(values, (UUID(str(agency)) for agency in named if agency))
    (row,) = await _conflicts().fetch(ctx.reader, project_id=project_id, **shown)
    currencies, pairs = row
    if currencies:
        found["disbursed_above_committed"] = _DISBURSED.format(currencies=", ".join(currencies))
    if pairs:
        found["amount_conflict"] = _RATES.format(pairs=", ".join(pairs))
    return found


@cache
def _conflicts() -> Statement:
    that = aliased(money())
    counted = (
        select(that.id, that.type, that.currency, that.amount, that.equivalents)
        .where(
            that.project_id == bindparam("project_id", type_=that.id.type),
            that.is_seen_as_widely(),
        )
        .cte("counted")
    )
    return Statement(
        select(_overdrawn(counted).scalar_subquery(), _unlike(counted).scalar_subquery())
    )


def _overdrawn(counted: Any) -> Any:
    """The currencies in which something is committed, and more is disbursed."""
    of, total = counted.c, func.sum(counted.c.amount)
    committed, disbursed = (
        total.filter(among(of.type, SUMS[name])) for name in ("committed", "disbursed")
    )
    over = select(of.currency).group_by(of.currency).having(disbursed > committed).subquery()
    return select(func.array_agg(aggregate_order_by(over.c.currency, over.c.currency)))


def _unlike(counted: Any) -> Any:
    """The pairs of currencies, of which amounts that are said to be the same imply two rates."""
    each = elements(counted.c.equivalents, "element")
    text = each.c.element.op("->>")
    equivalents = select(
        counted.c.id, text(constant("currency")), cast(text(constant("amount")), Numeric)
    ).select_from(counted.join(each, true()))
    amounts = union_all(
        select(counted.c.id, counted.c.currency, counted.c.amount), equivalents
    ).cte("amounts")
    one, other = amounts.alias("one"), amounts.alias("other")
    rate = func.abs(other.c.amount / one.c.amount)
    unlike = (
        select(func.concat(one.c.currency, constant("/"), other.c.currency).label("pair"))
        .where(
            one.c.id == other.c.id,
            one.c.currency < other.c.currency,
            one.c.amount != _NOTHING,
            other.c.amount != _NOTHING,
        )
        .group_by(one.c.currency, other.c.currency)
        .having(func.max(rate) > func.min(rate) * literal_column(_FACTOR))
        .subquery()
    )
    return select(func.array_agg(aggregate_order_by(unlike.c.pair, unlike.c.pair)))
