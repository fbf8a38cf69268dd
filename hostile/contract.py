"""openapi.json as an attacker reads it: which addresses, parameters, fields and references."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]
Place = tuple[str | int, ...]
"""Where a value stands in a body: names of members, 0 for the element of a list."""

CONTRACT = json.loads((Path(__file__).parents[1] / "openapi.json").read_text(encoding="utf-8"))
SCHEMAS: Mapping[str, Schema] = CONTRACT["components"]["schemas"]
BASE = "/api/v1"
NOTHING = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
"""The id of a record that is not there."""
_DEEPEST = 8


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    about: Schema

    @property
    def resource(self) -> str:
        """As whose it is attacked: the first word of its address."""
        return (self.path.removeprefix(f"{BASE}/").split("/")[0] or "api").removesuffix(".ics")

    @property
    def subject(self) -> str:
        """What it is about: the tasks of an agreement are tasks."""
        return next((it for it in reversed(self.path.split("/")) if it in _CREATED), self.resource)

    @property
    def schema(self) -> Schema:
        """Of its body in JSON; empty where it takes none."""
        content = self.about.get("requestBody", {}).get("content", {})
        schema: Schema = content.get("application/json", {}).get("schema", {})
        return schema

    @property
    def example(self) -> Any:
        """A body that the description gives; None where there is none."""
        content = self.about.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    @property
    def takes_file(self) -> bool:
        return "multipart/form-data" in self.about.get("requestBody", {}).get("content", {})

    @property
    def queries(self) -> dict[str, Schema]:
        """The parameters of its query with their schemas."""
        found = self.about.get("parameters", [])
        return {it["name"]: it["schema"] for it in found if it["in"] == "query"}

    @property
    def needed(self) -> dict[str, str]:
        """What its query must say, by the examples of the description."""
        return {
            it["name"]: str(it["schema"]["examples"][0])
            for it in self.about.get("parameters", [])
            if it["in"] == "query" and it["required"]
        }

    @property
    def has_id(self) -> bool:
        return "{" in self.path

    @property
    def view(self) -> Schema:
        """Of what it answers, where that is one record."""
        for status in ("200", "201"):
            content = self.about["responses"].get(status, {}).get("content", {})
            if "application/json" in content:
                return resolved(content["application/json"].get("schema", {}))
        return {}

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


OPERATIONS = [
    Operation(method.upper(), path, about)
    for path, methods in CONTRACT["paths"].items()
    for method, about in methods.items()
    if path.startswith(BASE)
]
RESOURCES = {
    resource: [it for it in OPERATIONS if it.resource == resource]
    for resource in sorted({operation.resource for operation in OPERATIONS})
}
_CREATED = {
    operation.resource: operation
    for operation in OPERATIONS
    if operation.method == "POST" and operation.path == f"{BASE}/{operation.resource}"
}
IRREGULAR = {"agency": "agencies", "evidence": "evidence", "report": "progress-reports"}
"""Singulars that are more than the plural without its s; only agencies have reports by an id."""
SINGULARS = {
    resource.removesuffix("s").replace("-", "_"): resource for resource in _CREATED
} | IRREGULAR
OTHER_WORDS = {
    "agency_ids": "agencies",
    "enterprise": "partners",
    "issuer": "agencies",
    "lead": "agencies",
    "successors_of": "agencies",
    "superior": "agencies",
}
"""Names of references that are not the singular of a resource; the rest name one of their own."""


def creation(resource: str) -> Operation | None:
    """The operation that makes a record of it by itself."""
    return _CREATED.get(resource)


def target(name: str, own: str) -> str:
    """The resource that a field or parameter called so holds an id of; `own` where in doubt, or
    documents, where that has no records itself.
    """
    stem = name.removesuffix("_id")
    for singular, resource in SINGULARS.items():
        if stem == singular or stem.endswith(f"_{singular}"):
            return resource
    return OTHER_WORDS.get(stem, own if own in _CREATED else "documents")


def resolved(schema: Schema) -> Schema:
    """Behind its reference, and the first of its choices that is not null."""
    while True:
        if "$ref" in schema:
            schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            schema = next(it for it in choices if it.get("type") != "null")
        else:
            return schema


def is_id(schema: Schema) -> bool:
    """Whether the value, or each element of the list, is the id of a record."""
    found = resolved(schema)
    return resolved(found.get("items", found)).get("format") == "uuid"


def places(schema: Schema, at: Place = ()) -> Iterator[tuple[Place, Schema]]:
    """Every place in a body, the fields before those inside them."""
    shape = resolved(schema)
    if len(at) > _DEEPEST:
        return
    inner: list[tuple[Place, Schema]] = [
        ((*at, name), member) for name, member in shape.get("properties", {}).items()
    ]
    if "items" in shape:
        inner.append(((*at, 0), shape["items"]))
    yield from inner
    for place, member in inner:
        yield from places(member, place)


def with_value(body: Any, schema: Schema, place: Place, value: Any) -> Any:
    """The body with a value at a place; what must be around it is filled in."""
    if not place:
        return value
    shape, (step, *rest) = resolved(schema), place
    if isinstance(step, int):
        element = body[0] if isinstance(body, list) and body else filled(shape["items"])
        return [with_value(element, shape["items"], tuple(rest), value)]
    whole = body if isinstance(body, dict) else filled(shape)
    member = shape["properties"][step]
    return {**whole, step: with_value(whole.get(step), member, tuple(rest), value)}


def filled(schema: Schema) -> Any:
    """A value by the examples of the description, with no more than must be there."""
    shape = resolved(schema)
    given = (
        *schema.get("examples", []),
        *shape.get("examples", []),
        *(shape[choice] for choice in ("const", "default") if shape.get(choice) is not None),
        *shape.get("enum", []),
    )
    if given:
        return given[0]
    if "properties" in shape:
        members = shape["properties"]
        return {name: filled(members[name]) for name in shape.get("required", [])}
    of_format = _OF_FORMAT.get(shape.get("format", ""))
    return of_format or _OF_TYPE.get(shape.get("type", ""), "Sơn La")


_OF_FORMAT = {"date": "2025-06-26", "uuid": NOTHING}
_OF_TYPE: dict[str, Any] = {"array": [], "object": {}, "integer": 1, "number": 1, "boolean": True}
