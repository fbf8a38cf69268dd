"""Every operation of the API as its description lists them, for rules that hold for all."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from jsonschema_rs import Draft202012Validator, Registry

NO_FILE = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
described = json.loads((Path(__file__).parents[1] / "openapi.json").read_text(encoding="utf-8"))
"""The committed one, as deriving it takes seconds: tests/test_openapi.py compares the two."""
_components = Registry([("urn:described", {"components": described["components"]})])


def validator_of(schema: Any) -> Draft202012Validator:
    """Of a schema that may refer to the components."""
    return _validator(json.dumps(schema))


@cache
def _validator(schema: str) -> Draft202012Validator:
    # The components are read once: a validator that has them in itself holds megabytes.
    found = json.loads(schema.replace('"#/', '"urn:described#/'))
    return Draft202012Validator(found, registry=_components, validate_formats=True)


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    about: dict[str, Any]

    @property
    def name(self) -> str:
        name: str = self.about["operationId"]
        return name

    @property
    def example(self) -> Any:
        """A body in JSON that the description gives; None where there is none."""
        content = self.about.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    def at(self, id_: Any = None) -> str:
        """The address with an id in it; without one, that of a record that is not there."""
        path = self.path.replace("{id}", str(id_ or uuid4())).replace("{name}", "partner-kinds")
        path = path.replace("{attachment_id}", NO_FILE)
        return f"{path}?{urlencode(self.needed)}" if self.needed else path

    @property
    def needed(self) -> dict[str, Any]:
        """What its query must say, by the examples of the description."""
        return {
            parameter["name"]: parameter["schema"]["examples"][0]
            for parameter in self.about.get("parameters", [])
            if parameter["in"] == "query" and parameter["required"]
        }

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


OPERATIONS = [
    Operation(method.upper(), path, about)
    for path, methods in described["paths"].items()
    for method, about in methods.items()
]
API = [operation for operation in OPERATIONS if operation.path.startswith("/api/v1/")]
MINE = [operation for operation in API if operation.path.startswith("/api/v1/me/")]
"""What is the caller's own: without an agency there is none, so those of an agency try it."""
CLOSED = [
    operation
    for operation in API
    if operation.method == "GET" and operation not in MINE and {} not in operation.about["security"]
]
"""What nobody reads without a key, whatever the setting allows."""
READS = [
    operation for operation in API if operation.method == "GET" and operation not in MINE + CLOSED
]
WRITES = [operation for operation in API if operation.method != "GET"]
BODIES = [operation for operation in API if operation.example is not None]
LISTS = [
    operation
    for operation in READS
    if "cursor" in {parameter["name"] for parameter in operation.about.get("parameters", [])}
]
