"""A view as the columns of a table: what is nested stands apart, one value a cell.

`name.vi` is what an object says under that name. Of a list each column holds the values in the
order of its elements, with `; ` between them, so that the first of one column belongs to the first
of the other.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from sonla_api.kit.schema import ResourceView, View

BETWEEN = "; "
_DECIMAL = re.compile(r"[-^$()\[\]{}0-9?*+|,\\.]+")


class Kind(StrEnum):
    text = "text"
    number = "number"
    boolean = "boolean"
    day = "day"
    instant = "instant"


class Column(NamedTuple):
    name: str
    kind: Kind


Cell = str | int | bool | None
_Read = Callable[[Any, list[Any]], None]
"""Puts what a value says into the cells of its columns."""


class _Part(NamedTuple):
    columns: list[Column]
    read: _Read


class Table:
    """The columns of a view; the record's own fields go before those that every record has."""

    def __init__(self, view: type[View]) -> None:
        of_all = ResourceView.model_fields if issubclass(view, ResourceView) else {}
        names = sorted(view.model_fields, key=lambda name: name in of_all)
        self.columns, self._read = _object(view, names)

    def cells(self, body: bytes) -> list[Cell]:
        """Those of a record that was written as JSON; numbers with a point stay as written."""
        row: list[Cell] = []
        self._read(json.loads(body, parse_float=str), row)
        return row


def _object(shown: type[BaseModel], names: list[str]) -> _Part:
    members: list[tuple[str, _Read]] = []
    columns: list[Column] = []
    for name in names:
        part = _part(shown.model_fields[name].rebuild_annotation())
        members.append((name, part.read))
        columns += [_inside(name, column) for column in part.columns]
    blank: list[Any] = [None] * len(columns)

    def read(value: Any, row: list[Any]) -> None:
        if isinstance(value, dict):
            for name, read_member in members:
                read_member(value.get(name), row)
        else:  # null, or what another column shows
            row.extend(blank)

    return _Part(columns, read)


def _inside(name: str, column: Column) -> Column:
    return Column(f"{name}.{column.name}" if column.name else name, column.kind)


def _part(annotation: Any, *marks: Any) -> _Part:
    """The columns of a value of this type, called as its members; `""` is the value itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _part(arguments[0], *arguments[1:], *marks)
    if origin in {Union, UnionType}:
        kinds = [kind for kind in arguments if kind is not NoneType]
        return _either([_part(kind, *marks) for kind in kinds])
    if origin is list:
        return _several(_part(*arguments))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _object(annotation, [*annotation.model_fields])
    return _plain(_kind(annotation, marks), is_object=annotation is Any or origin is dict)


def _plain(kind: Kind, *, is_object: bool) -> _Part:
    def read(value: Any, row: list[Any]) -> None:
        if isinstance(value, dict | list):
            row.append(_said(value) if is_object and value else None)
        else:
            row.append(value)

    return _Part([Column("", kind)], read)


def _either(parts: list[_Part]) -> _Part:
    """Each kind in its own columns; those with one name are one, read as the first of them."""
    if len(parts) == 1:
        return parts[0]
    known: set[str] = set()
    columns, reads = [], []
    for part in parts:
        if not known & (names := {column.name for column in part.columns}):
            known |= names
            columns += part.columns
            reads.append(part.read)

    def read(value: Any, row: list[Any]) -> None:
        for read_one in reads:
            read_one(value, row)

    return _Part(columns, read)


def _several(part: _Part) -> _Part:
    columns = [Column(name, Kind.text) for name, _ in part.columns]
    blank: list[Any] = [None] * len(columns)

    def read(value: Any, row: list[Any]) -> None:
        if not value:
            row.extend(blank)
            return
        rows: list[list[Any]] = [[] for _ in value]
        for element, cells in zip(value, rows, strict=True):
            part.read(element, cells)
        for values in zip(*rows, strict=True):
            is_said = any(it is not None for it in values)
            row.append(BETWEEN.join(map(_said, values)) if is_said else None)

    return _Part(columns, read)


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _kind(plain: Any, marks: tuple[Any, ...]) -> Kind:
    if plain is int or any(map(_is_decimal, _patterns(marks))):
        return Kind.number
    kinds = {bool: Kind.boolean, date: Kind.day, datetime: Kind.instant}
    return kinds.get(plain, Kind.text)


def _patterns(marks: tuple[Any, ...]) -> Iterator[str]:
    """What the type of a text says of its form, to Pydantic or to readers of its schema."""
    for mark in marks:
        yield from _patterns(tuple(getattr(mark, "metadata", ())))
        pattern = getattr(mark, "pattern", None)
        pattern = pattern or (getattr(mark, "json_schema", None) or {}).get("pattern")
        if isinstance(pattern, str):
            yield pattern


def _is_decimal(pattern: str) -> bool:
    """Digits, and a point where there are fractions: without one it may be a code as 08."""
    return bool(_DECIMAL.fullmatch(pattern)) and ("\\." in pattern or "[.]" in pattern)
