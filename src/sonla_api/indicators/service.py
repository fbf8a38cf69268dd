"""What of an indicator may no longer change once there are figures of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sonla_api.indicators.models import Indicator
from sonla_api.indicators.queries import is_observed
from sonla_api.indicators.schemas import IndicatorCreate, IndicatorUpdate
from sonla_api.kit.context import WriteContext
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.store import Expected, load, update
from sonla_api.kit.text import Message

_OBSERVED = Message(
    "there are figures of it, which this would give another meaning: make another indicator",
    "đã có số liệu của chỉ tiêu này, sửa sẽ làm đổi nghĩa số liệu: hãy tạo chỉ tiêu khác",
)
_FIXED = ("unit", "flow")


async def revise(ctx: WriteContext, id_: UUID, expected: Expected, body: IndicatorUpdate) -> None:
    record = await load(ctx, Indicator, id_, expected)
    before = {name: getattr(record, name) for name in (*_FIXED, "dimensions")}
    await update(ctx, Indicator, id_, expected, IndicatorCreate, body)
    changed = [*_changed(before, record)]
    if changed and await is_observed(ctx, id_):
        raise Invalid(errors=[FieldError(f"/{name}", "observed", _OBSERVED) for name in changed])


def _changed(before: Mapping[str, Any], record: Indicator) -> Iterator[str]:
    """The fields that mean something else now; of dimensions, those that take less."""
    yield from (name for name in _FIXED if getattr(record, name) != before[name])
    if not all(_is_kept(one, record.dimensions) for one in before["dimensions"]):
        yield "dimensions"


def _is_kept(before: Mapping[str, Any], now: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a dimension still takes each code that it took."""
    same = (one for one in now if one["dimension"] == before["dimension"])
    found = next(same, None)
    if found is None or found["scheme"] != before["scheme"]:
        return False
    taken = {code["code"] for code in found["codes"]}
    return not taken or (bool(before["codes"]) and {c["code"] for c in before["codes"]} <= taken)
