"""How figures are entered: in the dimensions of their indicator, and weighed against others."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from uuid_utils.compat import uuid7

from sonla_api.indicators.models import ProductScheme
from sonla_api.indicators.queries import Measure, measures
from sonla_api.indicators.schemas import is_product
from sonla_api.kit.batches import create_each
from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import Busy, FieldError, Invalid, Problem
from sonla_api.kit.records import Item
from sonla_api.kit.store import Expected, create, delete, load, take_turns, update
from sonla_api.kit.text import LocalizedText, Message
from sonla_api.kit.wording import of_validation
from sonla_api.observations.doubts import weigh
from sonla_api.observations.models import Observation
from sonla_api.observations.queries import Place, observations, places
from sonla_api.observations.schemas import (
    ObservationCreate,
    ObservationRows,
    ObservationUpdate,
    RowAnswer,
    RowError,
    RowsAnswer,
)

_NOT_BROKEN_DOWN = Message(
    "the indicator has no such dimension", "chỉ tiêu không phân tổ theo chiều này"
)
_NO_CODE = Message("the indicator knows no such code here", "chỉ tiêu không có mã này ở chiều này")


async def register(ctx: WriteContext, body: ObservationCreate) -> Item:
    measured = await _measures(ctx, {body.indicator_id})
    _refuse_strange(measured, body)
    item = await create(ctx, observations, body)
    changed = await weigh(ctx, [item.id], await places(ctx, [item.id]), measured)
    return await observations.item(ctx, item.id) if item.id in changed else item


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: ObservationUpdate) -> None:
    to = {body.indicator_id} if "indicator_id" in body.model_fields_set else set()
    async with _weighed(ctx, id_, expected, to) as measured:
        record = await update(ctx, Observation, id_, expected, ObservationCreate, body)
        _refuse(measured[record.indicator_id], record.dimensions)


async def remove(ctx: WriteContext, id_: UUID, expected: Expected) -> None:
    async with _weighed(ctx, id_, expected):
        await delete(ctx, Observation, id_, expected)


@asynccontextmanager
async def _weighed(
    ctx: WriteContext, id_: UUID, expected: Expected, to: Collection[UUID] = ()
) -> AsyncIterator[Mapping[UUID, Measure]]:
    """What a figure was compared with is weighed again, and what it is compared with now."""
    before = {place.indicator_id for place in await places(ctx, [id_])}
    measured = await _measures(ctx, before | {*to})
    record = await load(ctx, Observation, id_, expected)
    if record.indicator_id not in before:
        raise Busy  # it was moved before its turn came
    left = Place(record.indicator_id, record.cell, record.period_days)
    yield measured
    await weigh(ctx, [id_], [left, *await places(ctx, [id_])], measured)


async def _measures(ctx: WriteContext, ids: Collection[UUID]) -> Mapping[UUID, Measure]:
    """The indicators, for which and for those above them nobody else enters figures meanwhile.

    So the last of several who enter a total and its parts sees them all.
    """
    found = await measures(ctx, ids)
    above = {measure.parent_id for measure in found.values() if measure.parent_id}
    await take_turns(ctx, {*found} | above)
    return await measures(ctx, ids)


def _refuse_strange(measured: Mapping[UUID, Measure], body: ObservationCreate) -> None:
    """Of an indicator that is not there, or not seen, no more is told than that."""
    measure = measured.get(body.indicator_id)
    if measure and measure.is_seen:
        _refuse(measure, body.dimensions.model_dump())


def _refuse(measure: Measure, dimensions: Mapping[str, Any]) -> None:
    if errors := [*_strange(measure, dimensions)]:
        raise Invalid(errors=errors)


def _strange(measure: Measure, dimensions: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is not in the dimensions of the indicator."""
    for name, code in dimensions.items():
        if code is None:
            continue
        if name not in measure.dimensions:
            yield FieldError(f"/dimensions/{name}", "dimension_unknown", _NOT_BROKEN_DOWN)
        elif not _is_taken(measure.dimensions[name], code):
            yield FieldError(f"/dimensions/{name}", "code_unknown", _NO_CODE)


def _is_taken(dimension: Mapping[str, Any], code: str) -> bool:
    known = {one["code"] for one in dimension["codes"]}
    if known:
        return code in known
    return dimension["scheme"] is None or is_product(ProductScheme(dimension["scheme"]), code)


async def enter(ctx: WriteContext, body: ObservationRows) -> Item:
    """Figures of many rows; good ones stand whatever is wrong with others."""
    answers: dict[int, UUID | Problem] = {}
    bodies: dict[int, ObservationCreate] = {}
    for row, given in enumerate(body.rows):
        try:
            bodies[row] = ObservationCreate.model_validate(given)
        except ValidationError as error:
            answers[row] = of_validation(error.errors())
    measured = await _measures(ctx, {one.indicator_id for one in bodies.values()})
    for row, one in bodies.items():
        try:
            _refuse_strange(measured, one)
        except Invalid as problem:
            answers[row] = problem
    fitting = {row: one for row, one in bodies.items() if row not in answers}
    answers |= await create_each(ctx, Observation, fitting)
    made = [answer for answer in answers.values() if isinstance(answer, UUID)]
    changed = await weigh(ctx, made, await places(ctx, made), measured)
    items = [_answer(row, answers[row], changed) for row in range(len(body.rows))]
    answer = RowsAnswer(created=len(made), refused=len(items) - len(made), items=items)
    return Item(uuid7(), 1, answer.model_dump_json().encode())


def _answer(row: int, answer: UUID | Problem, changed: Collection[UUID]) -> RowAnswer:
    if isinstance(answer, UUID):
        version, href = (2 if answer in changed else 1), f"/api/v1/observations/{answer}"
        return RowAnswer(
            row=row, status=201, id=answer, version=version, href=href, type=None, errors=[]
        )
    whole = FieldError("", answer.slug(), answer.detail)
    errors = [
        RowError(
            pointer=f"/rows/{row}{error.pointer}",
            code=error.code,
            message=LocalizedText(vi=error.message.vi, en=error.message.en),
        )
        for error in answer.errors or [whole]
    ]
    kind = f"/docs/problems/{answer.slug()}"
    return RowAnswer(
        row=row, status=answer.status, id=None, version=None, href=None, type=kind, errors=errors
    )
