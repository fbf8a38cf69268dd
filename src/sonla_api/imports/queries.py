"""What stands in a folder, line by line, and what of it stands in the register already."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Text, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from sonla_api.kit.context import WriteContext
from sonla_api.kit.model import Resource

LOAD = "load "
"""How the request id of a load begins, by which the change log tells its writing from others'."""
_LOCK = 20261122
"""Any number, but the same for all loads: one waits for the other."""
_SPACE = re.compile(r"[ \t\r\n]*")


class Fault(NamedTuple):
    """One thing that is wrong; `number` is 0 where it is about the file as a whole."""

    file: str
    number: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.number}" if self.number else self.file
        return ": ".join(filter(None, (place, self.field, self.message)))


class Entry(NamedTuple):
    """One element of a file's list, and the line on which it begins.

    `place`: where in that line it stands, if it is one of several records there.
    """

    file: str
    number: int
    value: Any
    place: str = ""

    def fault(self, field: str, message: str) -> Fault:
        return Fault(self.file, self.number, f"{self.place}{field}", message)


class Content(NamedTuple):
    """What a file holds, up to the place where it stops being a list of objects in JSON."""

    entries: list[Entry]
    broken: list[Fault]


def read(path: Path) -> Content:
    """The elements of a file, each with its line."""
    entries: list[Entry] = []
    number, why = 0, ""
    try:
        for number, value in _elements(path.read_bytes().decode("utf-8-sig")):
            if not isinstance(value, dict):
                raise _BrokenError(number, "an object is expected")  # noqa: TRY301  told with the others below
            entries.append(Entry(path.name, number, value))
    except OSError as error:
        number, why = 0, f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        number, why = error.object.count(b"\n", 0, error.start) + 1, "this is not UTF-8"
    except _BrokenError as error:
        number, why = error.number, error.why
    return Content(entries, [Fault(path.name, number, "", why)] if why else [])


class _BrokenError(Exception):
    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number, self.why = number, why


def _elements(content: str) -> Iterator[tuple[int, Any]]:
    """The elements of the list that a text is, each with its line."""
    reader = _Reader(content)
    reader.take("[")
    if reader.ahead() == "]":
        reader.take("]")
    else:
        yield reader.value()
        while reader.take(",", "]") == ",":
            yield reader.value()
    reader.take("")


class _Reader:
    """A place in a text of JSON; the parser of the library tells no lines of what it read."""

    def __init__(self, content: str) -> None:
        self._content, self._at, self._number = content, 0, 1
        self._decoder = json.JSONDecoder(object_pairs_hook=_no_doubles, parse_constant=_no_nan)

    def ahead(self) -> str:
        """The next character that is no space; "" at the end."""
        self._move(_SPACE.match(self._content, self._at).end())  # type: ignore[union-attr]  # it matches nothing too
        return self._content[self._at : self._at + 1]

    def take(self, *expected: str) -> str:
        if (found := self.ahead()) not in expected:
            wanted = " or ".join(one or "the end" for one in expected)
            raise _BrokenError(self._number, f"no list of objects in JSON: {wanted} is expected")
        self._at += len(found)
        return found

    def value(self) -> tuple[int, Any]:
        self.ahead()
        number = self._number
        try:
            value, end = self._decoder.raw_decode(self._content, self._at)
        except json.JSONDecodeError as error:
            why = f"no JSON: {error.msg} in column {error.colno}"
            raise _BrokenError(error.lineno, why) from None
        except RecursionError:
            raise _BrokenError(number, "nested too deeply") from None
        except ValueError as error:
            raise _BrokenError(number, str(error)) from None
        self._move(end)
        return number, value

    def _move(self, end: int) -> None:
        self._number += self._content.count("\n", self._at, end)
        self._at = end


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name occurs twice in one object")
    return made


def _no_nan(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


async def wait_for_turn(ctx: WriteContext) -> None:
    """Until no other load is under way; this one then sees what the other wrote."""
    await ctx.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def registered(
    ctx: WriteContext, model: type[Resource], keys: Iterable[str]
) -> dict[str, Resource]:
    """The records that have these keys."""
    wanted = bindparam("keys", list(keys), type_=ARRAY(Text))
    found = await ctx.session.scalars(select(model).where(model.key == any_(wanted)))
    return {record.key: record for record in found if record.key}


async def survivors(ctx: WriteContext, table: str, keys: Iterable[str]) -> dict[str, str]:
    """By the key of a record that was merged into another one, the id of that one."""
    found = await ctx.session.execute(text(_SURVIVORS), {"table": table, "keys": list(keys)})
    return {key: str(id_) for key, id_ in found}


_SURVIVORS = """
select changes.before ->> 'key', tombstones.successor_id
from tombstones
join changes on changes.record_id = tombstones.id and changes.action = 'deleted'
where tombstones.resource = :table and changes.before ->> 'key' = any(:keys)
and not exists (select from tombstones gone where gone.id = tombstones.successor_id)
and tombstones.successor_id is not null
order by changes.at
"""


async def last_loaded(ctx: WriteContext, records: Iterable[Resource]) -> dict[str, dict[str, Any]]:
    """By id, each field as a load wrote it last, whatever was made of it since."""
    ids = [record.id for record in records]
    found = await ctx.session.execute(text(_LAST_LOADED), {"ids": ids, "load": f"{LOAD}%"})
    return {str(id_): values for id_, values in found}


_LAST_LOADED = """
select changes.record_id, jsonb_object_agg(field.name, field.value order by changes.id)
from changes, jsonb_each(changes.after) as field (name, value)
where changes.record_id = any(:ids) and changes.request_id like :load
group by changes.record_id
"""
