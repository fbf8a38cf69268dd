"""Every operation of the API as its description lists them, for rules that hold for all."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sonla_api.main import create_app
from sonla_api.settings import Settings

NO_FILE = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
described = create_app(Settings(database_url="postgresql://nobody@localhost/none")).openapi()


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

    @property
    def is_open(self) -> bool:
        """Whether it needs no key, where the setting allows."""
        return {} in self.about["security"]

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
READS = [operation for operation in API if operation.method == "GET" and operation not in MINE]
WRITES = [operation for operation in API if operation.method != "GET"]
BODIES = [operation for operation in API if operation.example is not None]
LISTS = [
    operation
    for operation in READS
    if "cursor" in {parameter["name"] for parameter in operation.about.get("parameters", [])}
]
