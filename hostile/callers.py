"""Who attacks: a connection for each kind of caller, and what each of them sees of the others."""

import asyncio
import json
import subprocess
from dataclasses import dataclass, field
from typing import Any

from hostile.wire import Answer, Head, Line
from scripts.served import BIN, Served

AGENCIES = {"owner": "dofa", "other": "doit"}
"""By caller, of the bundled records."""
OPTIONS: dict[str, list[str]] = {
    "administrator": ["--role", "administrator"],
    "owner": ["--role", "approver", "--agency", AGENCIES["owner"]],
    "other": ["--role", "approver", "--agency", AGENCIES["other"]],
    "reader": ["--role", "viewer"],
    "revoked": ["--role", "administrator"],
}
"""How `sonla keys create` makes each; the stranger has no key."""
STRANGER = "stranger"
BUSY, PATIENCE = 503, 10
JSON = (b"Content-Type", b"application/json")
ANY = (b"If-Match", b"*")


@dataclass
class Callers:
    """The connections of one attacker, and how often they were used."""

    port: int
    secrets: dict[str, bytes]
    asked: int = 0
    _lines: dict[str, Line] = field(default_factory=dict)

    async def ask(
        self, caller: str, method: bytes, target: bytes, headers: Head = (), content: bytes = b""
    ) -> Answer:
        """As this caller, who names itself unless the headers do.

        Where a busy machine says that it cannot now, it is asked again.
        """
        said = {name.lower() for name, _ in headers}
        if caller != STRANGER and b"authorization" not in said:
            headers = ((b"Authorization", b"Bearer " + self.secrets[caller]), *headers)
        left = PATIENCE
        while True:
            self.asked, left = self.asked + 1, left - 1
            answer = await self.line(caller).ask(method, target, headers, content)
            if answer.status != BUSY or "retry-after" not in answer.headers or not left:
                return answer
            await asyncio.sleep(1)

    def line(self, caller: str, own_address: str = "127.0.0.1") -> Line:
        """Its connection; whoever guesses keys does so from an address of its own."""
        return self._lines.setdefault(caller + own_address, Line(self.port, own_address))

    def close(self) -> None:
        for line in self._lines.values():
            line.close()


def secrets_of(service: Served) -> dict[str, bytes]:
    """A key of each kind, of which one is revoked at once."""
    found = {
        caller: service.key("--name", caller, *options).encode()
        for caller, options in OPTIONS.items()
    }
    prefix = found["revoked"].decode().removeprefix("sonla_")[:8]
    subprocess.run([BIN / "sonla", "keys", "revoke", prefix], env=service.environment, check=True)
    return found


def as_json(body: Any) -> bytes:
    """Also with halves of surrogate pairs, which no encoder of text would write."""
    return json.dumps(body).encode()
