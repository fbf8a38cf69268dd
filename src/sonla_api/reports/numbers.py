"""How figures are read: one statement for all that count the records of one list."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, reduce
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, func, literal_column, or_, select, tuple_

from sonla_api.kit.context import Context
from sonla_api.kit.filters import lies_within, overlaps
from sonla_api.kit.listing import Listing
from sonla_api.kit.model import constant
from sonla_api.kit.period import PeriodFilter
from sonla_api.kit.statement import Statement
from sonla_api.kit.tallies import DAYS, RECORDS, Counts, Tally, months
from sonla_api.reports.figures import Line, Measure, Placing, Span, Subject, merged

_ZERO = Decimal(0)
_ANY = Span(PeriodFilter("2024-H1"), "2024-06-30")
"""The SQL is the same for all periods."""
_WITHIN, _OVERLAPPING, _UNDATED = "within", "overlapping", "undated"
_COUNTED = {Placing.within: {_WITHIN}, Placing.overlapping: {_WITHIN, _OVERLAPPING}}
_BESIDE = {Placing.within: {_OVERLAPPING, _UNDATED}, Placing.overlapping: {_UNDATED}}


class Number(NamedTuple):
    """What is counted, and of how many records."""

    value: Decimal
    records: int

    def plus(self, other: "Number") -> "Number":
        return Number(self.value + other.value, self.records + other.records)


class Pair(NamedTuple):
    """A figure and what cannot be placed beside it."""

    counted: Number
    beside: Number

    def plus(self, other: "Pair") -> "Pair":
        return Pair(self.counted.plus(other.counted), self.beside.plus(other.beside))


NOTHING = Pair(Number(_ZERO, 0), Number(_ZERO, 0))


def added(pairs: Iterable[Pair]) -> Pair:
    """All of them together."""
    return reduce(Pair.plus, pairs, NOTHING)


Key = tuple[Line, str | None]
Numbers = dict[Key, Pair]
"""Of each line; of one that is split, for each value that there is."""


async def read(
    ctx: Context, of: Subject, lines: Sequence[Line], span: Span, *, is_register: bool
) -> Numbers:
    """The numbers of lines that have one subject, of the records that the context sees; those of
    the whole register come from what is kept.
    """
    if of.tally is None:
        return await _asked(ctx, (*lines,), span)
    return await _grouped(ctx, of.tally, lines, span, is_register=is_register)


async def _asked(ctx: Context, lines: tuple[Line, ...], span: Span) -> Numbers:
    """Each figure by the conditions that its list would have, all in one statement."""
    binds = dict(ctx.parameters)
    for name, listing in _listings(lines, span):
        renamed = _renamed(listing, name)
        binds |= {renamed[bind]: value for bind, value in listing.binds().items()}
    ((*numbers,),) = await _counting(lines).fetch(ctx.reader, **binds)
    found = [
        Number(Decimal(value or 0), records)
        for value, records in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    return {
        (line, None): Pair(counted, beside)
        for line, counted, beside in zip(lines, found[::2], found[1::2], strict=True)
    }


def _listings(lines: Sequence[Line], span: Span) -> Iterator[tuple[str, Listing]]:
    """Of each line the list that shows what it counts, and that of what cannot be placed; each
    with a name to tell its parameters from those of the others.
    """
    for n, line in enumerate(lines):
        for name, placed in (
            (f"_{n}", line.placed(span)),
            (f"_{n}_beside", line.beside(span)),
        ):
            filters = merged(line.of.without, line.of.fixed, line.chosen, placed)
            yield name, line.of.listing.model_validate(filters)


def _renamed(listing: Listing, suffix: str) -> dict[str, str]:
    """The binds of a listing under names of their own; those of a period keep their ends."""
    ends = ("", "_first", "_end")
    return {f"{name}{end}": f"{name}{suffix}{end}" for name in listing.given() for end in ends}


@cache
def _counting(lines: tuple[Line, ...]) -> Statement:
    model = next(iter(lines[0].of.listing.filters.values())).column.class_
    named: dict[str, Any] = {}
    for suffix, listing in _listings(lines, _ANY):
        parts = (listing.filters[it].clause(it + suffix, form) for it, form in listing.forms())
        named[suffix] = and_(*parts).label(suffix)
    measured = dict.fromkeys(line.measure.column for line in lines if line.measure.column)
    each = (
        select(*named.values(), *(getattr(model, name) for name in measured))
        .select_from(model)
        .where(model.is_seen())
        .offset(literal_column("0"))  # or else each condition is looked at for each figure anew
        .subquery("each")
    )
    shown = []
    for n, suffix in enumerate(named):
        chosen = each.c[suffix]
        number = _aggregate(each, lines[n // 2].measure).filter(chosen)
        shown += [number, func.count().filter(chosen)]
    return Statement(select(*shown).select_from(each))


def _aggregate(rows: Any, measure: Measure) -> Any:
    if not measure.column:
        return func.count()
    return func.count(rows.c[measure.column].distinct())


async def _grouped(
    ctx: Context, tally: Counts, lines: Sequence[Line], span: Span, *, is_register: bool
) -> Numbers:
    """From the records counted by those fields that the lines tell apart."""
    of = lines[0].of
    sets = tuple(sorted({_fields(tally, line) for line in lines}))
    first, end = span.days
    cut = months(first, end)
    is_kept = is_register and isinstance(tally, Tally)
    source = ("cut" if cut else "kept") if is_kept else "records"
    asked = of.listing.model_validate(dict(of.fixed))
    binds = {**ctx.parameters, **asked.binds(), **cut, "span_first": first, "span_end": end}
    groups: dict[int, list[Any]] = {}
    for row in await _grouping(of, tally, sets, source).fetch(ctx.reader, **binds):
        groups.setdefault(row["mask"], []).append(row)
    found: Numbers = {}
    for line in lines:
        rows = groups.get(_mask(sets, _fields(tally, line)), [])
        for value, chosen in _split(line, _chosen(tally, line, rows)).items():
            found[line, value] = Pair(
                _added(line, chosen, _COUNTED[line.placing]),
                _added(line, chosen, _BESIDE[line.placing]),
            )
    return found


def _fields(tally: Counts, line: Line) -> tuple[str, ...]:
    """The fields that tell whether a record is one of the line's."""
    return tuple(sorted(_values(tally, line).keys() | ({line.split} - {""})))


def _values(tally: Counts, line: Line) -> dict[str, set[str | None]]:
    """What those fields have in the records of the line; None is what is unknown."""
    found: dict[str, set[str | None]] = {}
    for name, value in line.where.items():
        if name != line.of.without:
            found[name] = {str(one) for one in value} if isinstance(value, list) else {str(value)}
    for gap in line.where.get(line.of.without, []):
        found[next(n for n in tally.by if n in (gap, f"{gap}_id"))] = {None}
    return found


def _chosen(tally: Counts, line: Line, rows: Sequence[Any]) -> list[Any]:
    wanted = _values(tally, line).items()
    return [row for row in rows if all(row[name] in values for name, values in wanted)]


def _split(line: Line, rows: Sequence[Any]) -> Mapping[str | None, Sequence[Any]]:
    if not line.split:
        return {None: rows}
    found: dict[str | None, list[Any]] = {}
    for row in rows:
        found.setdefault(row[line.split], []).append(row)
    return found


def _added(line: Line, rows: Sequence[Any], places: Collection[str]) -> Number:
    counted = [row for row in rows if row["place"] in places]
    column = line.measure.column or RECORDS
    value = sum((Decimal(row[column] or 0) for row in counted), _ZERO)
    is_apart = bool(line.measure.where)  # it lists those records alone that it counts
    records = value if is_apart else sum(row[RECORDS] for row in counted)
    return Number(value, int(records))


def _mask(sets: Sequence[tuple[str, ...]], one: tuple[str, ...]) -> int:
    """What PostgreSQL says of a grouping set: a bit for each field that is not in it."""
    return int("0" + "".join(str(int(name not in one)) for name in _names(sets)), 2)


def _names(sets: Sequence[tuple[str, ...]]) -> list[str]:
    return [*dict.fromkeys(name for one in sets for name in one)]


@cache
def _grouping(
    of: Subject, tally: Counts, sets: tuple[tuple[str, ...], ...], source: str
) -> Statement:
    if isinstance(tally, Tally) and source != "records":
        found = tally.kept(_is_near, is_cut=source == "cut")
    else:
        found = tally.records(_is_near(tally.days))
    rows = found.subquery("rows")
    days = rows.c[DAYS]
    placed = case(
        (lies_within(days).clause("span"), constant(_WITHIN)),
        (overlaps(days).clause("span"), constant(_OVERLAPPING)),
        (days.is_(None), constant(_UNDATED)),
    )
    fixed = tally.conditions(of.listing.model_validate(dict(of.fixed)), rows)
    names, sums = _names(sets), [RECORDS, *tally.sums]
    each = (
        select(placed.label("place"), *(rows.c[name] for name in (*names, *sums)))
        .where(*fixed)
        .offset(literal_column("0"))  # or else each grouping set places every row anew
        .subquery("each")
    )
    alike = _added_up(each, names, sums).where(each.c.place.is_not(None)).subquery("alike")
    by = [alike.c[name] for name in names]
    grouped = [tuple_(alike.c.place, *(alike.c[name] for name in one)) for one in sets]
    return Statement(
        select(
            (func.grouping(*by) if by else literal_column("0")).label("mask"),
            alike.c.place,
            *(cast(column, Text).label(column.key) for column in by),
            *(func.sum(alike.c[name]).label(name) for name in sums),
        ).group_by(func.grouping_sets(*grouped))
    )


def _added_up(each: Any, names: Sequence[str], sums: Sequence[str]) -> Any:
    """The rows that no set tells apart, as one: each set then adds up fewer."""
    apart = [each.c[name] for name in ("place", *names)]
    added = (func.sum(each.c[name]).label(name) for name in sums)
    return select(*apart, *added).group_by(*apart)


def _is_near(days: Any) -> Any:
    """What lies in the period, or may do so."""
    return or_(overlaps(days).clause("span"), days.is_(None))
