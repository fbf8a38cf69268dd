"""A lifecycle is a table of data in a feature; this file reads it, in Python and in SQL."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Text, bindparam, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from sonla_api.kit.codes import CodeList
from sonla_api.kit.context import Context
from sonla_api.kit.model import OWNER, constant
from sonla_api.kit.problems import FieldError, NotYours, VerbImpossible
from sonla_api.kit.text import Message

S = TypeVar("S", bound=CodeList)
V = TypeVar("V", bound=CodeList)

Guard = Callable[[Any, Any], Sequence[FieldError]]
"""What a record still lacks for a verb: from the record and the body of the transition."""


_NEEDED = Message("needed for this step", "cần có để thực hiện bước này")


def needed(name: str, why: Message = _NEEDED) -> FieldError:
    """What a guard says of a field without which a step is not taken."""
    return FieldError(f"/{name}", "needed", why)


def needs(*names: str) -> Guard:
    """A guard: these fields of the record have a value."""
    return lambda record, _: [needed(name) for name in names if not getattr(record, name)]


def told_by_a_source(called: str) -> Guard:
    """A guard: the record has a source, and the step names another state, in which that tells it
    to be. `called`: what the record is, in Vietnamese.
    """
    same = Message("this is its state already", f"{called} đang ở trạng thái này")

    def guard(record: Any, body: Any) -> Sequence[FieldError]:
        lacking = [*needs("sources")(record, body)]
        if not body.state:
            lacking.append(needed("state"))
        elif body.state == record.state:
            lacking.append(FieldError("/state", "same_state", same))
        return lacking

    return guard


_NONE: ColumnElement[Any] = literal_column("'[]'::jsonb")


@dataclass(frozen=True)
class Transition(Generic[S, V]):
    """One line of the table; `tracks` names those it holds for (none: all).

    Without a `target` of its own the step leads to the `state` that its body names.
    `whose` step it is: what one must be to the record, by `acts_as` of its model.
    """

    verb: V
    sources: frozenset[S]
    target: S | None
    permission: str
    guard: Guard = lambda _record, _body: ()
    tracks: frozenset[str] = frozenset()
    whose: str = OWNER

    def holds_for(self, track: str) -> bool:
        return not self.tracks or track in self.tracks


@dataclass(frozen=True)
class Lifecycle(Generic[S, V]):
    """Which verb leads where. `removable`: the states in which a record may be deleted."""

    transitions: Sequence[Transition[S, V]]
    track: str = ""
    """The field that tells which lines hold for a record; empty where all do."""
    tracks: Sequence[str] = ("",)
    removable: frozenset[S] = frozenset()

    def possible(
        self, ctx: Context, track: str, source: str, acting: Collection[str] = (OWNER,)
    ) -> list[str]:
        """The verbs that this actor may use now; guards may still ask for more."""
        return self._possible(ctx.actor.permissions, acting, track, source)

    def find(
        self, ctx: Context, track: str, source: S, verb: V, acting: Collection[str] = (OWNER,)
    ) -> Transition[S, V]:
        """The line for `verb` from `source`, if this actor may take it."""
        for transition in self.transitions:
            if (
                transition.verb == verb
                and source in transition.sources
                and transition.holds_for(track)
            ):
                ctx.actor.require(transition.permission)
                if transition.whose not in acting:
                    raise NotYours
                return transition
        possible = self.possible(ctx, track, source, acting)
        raise VerbImpossible(state=source.value, possible=possible)

    def track_of(self, record: Any) -> str:
        return (getattr(record, self.track) or "") if self.track else ""

    def verbs(self, model: Any) -> ColumnElement[Any]:
        """A column: what this actor may do with a row now, looked up in the table as a constant."""
        track = (
            func.coalesce(getattr(model, self.track), constant("")) if self.track else constant("")
        )
        acting = model.acts_as()
        roles = [case((acting[name], constant(name))) for name in sorted(self._roles)]
        parts = [bindparam("verbs_held", type_=Text()), func.concat_ws(constant(" "), *roles)]
        place = func.concat_ws(constant("."), *parts, track, model.state)
        table = cast(constant(json.dumps(self._table())), JSONB)
        return func.coalesce(table.op("->")(place), _NONE)

    def parameters(self, ctx: Context) -> Mapping[str, str]:
        """The bind that `verbs` needs: which of the permissions of this table the actor holds."""
        return {"verbs_held": _written(ctx.actor.permissions & self._permissions)}

    def _table(self) -> dict[str, list[str]]:
        """The verbs possible, by permissions held, what one is to the record, track and state."""
        states = {source for t in self.transitions for source in t.sources}
        return {
            f"{_written(held)}.{_written(acting)}.{track}.{state}": found
            for held in _choices(self._permissions)
            for acting in _choices(self._roles)
            for track in self.tracks
            for state in sorted(states)
            if (found := self._possible(held, acting, track, state))
        }

    def _possible(
        self, held: Collection[str], acting: Collection[str], track: str, source: str
    ) -> list[str]:
        return [
            t.verb.value
            for t in self.transitions
            if source in t.sources
            and t.holds_for(track)
            and t.permission in held
            and t.whose in acting
        ]

    @cached_property
    def _permissions(self) -> frozenset[str]:
        return frozenset(t.permission for t in self.transitions)

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset(t.whose for t in self.transitions)


def _choices(names: Collection[str]) -> Iterator[Collection[str]]:
    """Each selection of them, but none."""
    for size in range(1, len(names) + 1):
        yield from combinations(names, size)


def _written(names: Iterable[str]) -> str:
    return " ".join(sorted(names))
