"""Examples for the documentation, put together from those that the fields give themselves."""

import zlib
from collections.abc import Mapping
from typing import Any

_Schema = Mapping[str, Any]

_OF_FORMAT = {"date": "2025-06-26", "date-time": "2025-06-26T08:30:00+00:00"}
_OF_TYPE: dict[str, Any] = {"string": "Sơn La", "integer": 1, "number": 1, "boolean": True}
_CHANGED = ("name", "title", "note")
"""What the example of a merge patch changes: the first of these that there is."""


def example_of(schema: _Schema, schemas: _Schema, *, is_patch: bool = False) -> Any:
    """A value that the schema takes: of lists one element, of objects what must be there or gives
    an example; of a merge patch, which needs nothing, one field.
    """
    if not is_patch:
        return _example(schema, schemas, "id")
    *_, whole = _levels(schema, schemas)
    name = next(name for name in _CHANGED if name in whole["properties"])
    return {name: _member(name, whole, schemas, "id")}


def _example(schema: _Schema, schemas: _Schema, name: str) -> Any:
    if (given := _given(schema, schemas)) is not None:
        return given
    *_, shape = _levels(schema, schemas)
    if "properties" in shape:
        members = shape["properties"]
        shown = {*shape.get("required", []), *(n for n, m in members.items() if "examples" in m)}
        return {n: _member(n, shape, schemas, name) for n in members if n in shown}
    if "items" in shape:
        return [_example(shape["items"], schemas, name)]
    if shape.get("format") == "uuid":
        return f"019a7c1e-5b60-7cc3-98c4-{zlib.crc32(name.encode()):012x}"
    return _OF_FORMAT.get(shape.get("format", "")) or _OF_TYPE.get(shape.get("type", ""), {})


def _member(name: str, whole: _Schema, schemas: _Schema, of: str) -> Any:
    """Where a field of a view gives no example, that of the body is taken which writes it, rather
    than what its type gives for all fields of it.
    """
    member, twin = whole["properties"][name], _twin(whole, schemas).get(name)
    if twin and "examples" not in member and _is_alike(twin, member, schemas):
        member = twin
    return _example(member, schemas, of if name == "id" else name.removesuffix("_id"))


def _twin(whole: _Schema, schemas: _Schema) -> _Schema:
    stem = str(whole.get("title", "")).removesuffix("View").removesuffix("Entry")
    twin: _Schema = schemas.get(f"{stem}Create") or schemas.get(f"{stem}Body") or {}
    properties: _Schema = twin.get("properties", {})
    return properties


def _is_alike(twin: _Schema, member: _Schema, schemas: _Schema) -> bool:
    """Whether both hold the same: a view names other records where a body has their ids."""
    (*_, one), (*_, other) = _levels(twin, schemas), _levels(member, schemas)
    is_same = "properties" not in other or one.get("title") == other.get("title")
    return is_same and one.get("type") == other.get("type") and "$ref" not in other.get("items", {})


def _given(schema: _Schema, schemas: _Schema) -> Any:
    """What the schema itself offers, an object with all its members; None if it offers nothing."""
    levels = _levels(schema, schemas)
    for level in levels:
        for value in (*level.get("examples", []), level.get("const"), *level.get("enum", [])):
            if isinstance(value, dict) and "properties" in levels[-1]:
                return {name: value.get(name) for name in levels[-1]["properties"]}
            if value is not None:
                return value
    return None


def _levels(schema: _Schema, schemas: _Schema) -> list[_Schema]:
    """The schema, its first choice, the first choice of that: the last says what a value is."""
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**schemas[schema["$ref"].rpartition("/")[2]], **beside}
    choices = schema.get("anyOf") or schema.get("oneOf")
    return [schema, *(_levels(choices[0], schemas) if choices else [])]
