"""SQL for asyncpg, compiled once by SQLAlchemy Core and run prepared."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, Protocol, TypeVar

from pydantic_core import to_json
from sqlalchemy import ClauseElement, SelectBase
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, dialect
from sqlalchemy.ext.compiler import compiles

from sonla_api.kit.model import forget_expressions

_DIALECT = dialect(  # type: ignore[no-untyped-call]  # of SQLAlchemy
    json_serializer=lambda value: to_json(value).decode()  # a fifth of the time of `json.dumps`
)


class Reader(Protocol):
    """The reading pool, or the connection of an open transaction."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]: ...


class Statement:
    """SQL and the order of its parameters; compiled at first use, not at import."""

    def __init__(self, made: ClauseElement) -> None:
        self._made: ClauseElement | None = made
        self._sql = ""
        self._constants: Mapping[str, Any] = {}
        self._names: Sequence[tuple[str, Callable[[Any], Any] | None]] = ()

    async def fetch(self, reader: Reader, **values: Any) -> Sequence[Any]:
        """The rows; a parameter that the statement does not use may be given all the same."""
        if (made := self._made) is not None:
            compiled: Any = made.compile(dialect=_DIALECT)
            self._constants, self._sql = compiled.params, str(compiled)
            types = {name: bind.type for name, bind in compiled.binds.items()}
            self._names = [(n, _processor(types[n])) for n in compiled.positiontup or ()]
            self._made = None  # a tree of objects a hundred times as large as its text
            _forgetting.soon()
        known = {**self._constants, **values}
        given = [process(known[n]) if process else known[n] for n, process in self._names]
        return await reader.fetch(self._sql, *given)


class _Forgetting:
    """A second after a statement was compiled, for all of that second: it takes a millisecond."""

    _due = 0.0

    def soon(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._due:
            self._due = loop.time() + 1
            loop.call_later(1, forget_expressions)


_forgetting = _Forgetting()


class Shaped(Protocol):
    """A query that knows all that the SQL of its answer depends on, its values aside."""

    def shape(self) -> Hashable: ...


Q = TypeVar("Q", bound=Shaped)
_SHAPES = 64


def once_per_shape(make: Callable[[Q], Statement]) -> Callable[[Q], Statement]:
    """What `make` gives for a query, kept for all that are asked in the same shape: to make and to
    compile it takes longer than to run it.
    """
    known: dict[Hashable, Statement] = {}

    @wraps(make)
    def found(query: Q) -> Statement:
        shape = query.shape()
        if shape not in known:
            if len(known) == _SHAPES:
                del known[next(iter(known))]  # the oldest
            known[shape] = make(query)
        return known[shape]

    return found


class Written:
    """SQL as text, to stand behind many selects that differ: it is what takes long to compile."""

    def __init__(self, made: ClauseElement) -> None:
        compiled: Any = made.compile(dialect=_HOLES)
        text = str(compiled).split(_HOLE)  # text and names of parameters in turn
        self.parts = [compiled.binds[t] if n % 2 else t for n, t in enumerate(text)]
        forget_expressions()

    def within(self, compiler: Any) -> str:
        """The text, with its parameters as the statement around it counts them."""
        parts = (part if isinstance(part, str) else compiler.process(part) for part in self.parts)
        return "".join(parts)

    def behind(self, name: str, rows: ClauseElement) -> ClauseElement:
        """Itself, with rows that it reads as if they were a table of this name."""
        return _Behind(name, rows, self)


class OneByOne(ClauseElement):
    """All rows of several selects, each written down before the next is made: their trees together
    would take 7 MB.
    """

    inherit_cache = False

    def __init__(self, selects: Iterable[SelectBase]) -> None:
        self.each = [Written(one) for one in selects]


class _Behind(ClauseElement):
    inherit_cache = False

    def __init__(self, name: str, rows: ClauseElement, text: Written) -> None:
        self.name, self.rows, self.text = name, rows, text


@compiles(_Behind)
def _both(made: _Behind, compiler: Any, **_: Any) -> str:
    rows = compiler.process(made.rows)
    return f"WITH {made.name} AS ({rows}) {made.text.within(compiler)}"


@compiles(OneByOne)
def _union(made: OneByOne, compiler: Any, **_: Any) -> str:
    return " UNION ALL ".join(f"({one.within(compiler)})" for one in made.each)


_HOLE = "\0"  # which no SQL has


class _Holes(PGCompiler_asyncpg):
    """Leaves open where parameters stand, as their numbers depend on what comes before."""

    def bindparam_string(self, name: str, **_: Any) -> str:  # type: ignore[override]  # its name is all
        return f"{_HOLE}{name}{_HOLE}"


_HOLES = dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # of SQLAlchemy
_HOLES.statement_compiler = _Holes


def _processor(kind: Any) -> Callable[[Any], Any] | None:
    """What turns a value of Python into one of asyncpg, such as a dict into JSON text.

    An array needs none where its items do not: asyncpg takes any sequence.
    """
    if isinstance(kind, ARRAY) and not _processor(kind.item_type):
        return None
    found: Callable[[Any], Any] | None = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return found
