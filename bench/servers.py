"""The servers that are compared, each one process, on ports of their own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds for a server to answer its first request
UVICORN = [
    *("--loop", "uvloop", "--http", "httptools", "--ws", "none", "--log-level", "warning"),
    *("--no-access-log", "--no-server-header", "--no-proxy-headers"),
]


@dataclass(frozen=True)
class Server:
    """One process that listens; `headers` go with every request to it."""

    name: str
    port: int
    process: int
    headers: Mapping[str, str]
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Jobs in Lua that are asked for otherwise than of the service."""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[Any, str]:
        """The answer as JSON, and its ETag."""
        return self._ask("GET", path, headers or {})

    def post(self, path: str, body: str) -> Any:
        return self.send("POST", path, body)

    def send(self, method: str, path: str, body: str) -> Any:
        return self._ask(method, path, {"Content-Type": "application/json"}, body)[0]

    def memory(self) -> float:
        """Megabytes that the process holds now."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[Any, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = body.encode() if body else None
            connection.request(method, path, sent, {**self.headers, **headers})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= http.HTTPStatus.MULTIPLE_CHOICES:
                raise SystemExit(f"{self.name}: {method} {path}: {answer.status} {text[:300]!r}")
            return json.loads(text), answer.getheader("ETag", "")
        finally:
            connection.close()


@contextmanager
def sonla(address: str, key: str) -> Iterator[Server]:
    """The service as its own command serves it."""
    command = [Path(sys.executable).with_name("sonla"), "serve"]
    environment = {"SONLA_DATABASE_URL": address, "SONLA_POOL_SIZE": "8"}
    environment["SONLA_RATE_LIMIT"] = "100000000"  # counted, and out of reach
    with running("sonla-api", command, environment, {"Authorization": f"Bearer {key}"}) as made:
        yield made


@contextmanager
def peer(name: str, module: str, address: str, about: Mapping[str, str]) -> Iterator[Server]:
    """A peer; `about` is what the records say of their owner, which it has no key to know from."""
    command = [sys.executable, "-m", "uvicorn", f"bench.peers.{module}:app", *UVICORN]
    with running(name, command, {"BENCH_URL": address, **about}, {}) as made:
        yield made


@contextmanager
def running(
    name: str,
    command: list[Any],
    environment: Mapping[str, str],
    headers: Mapping[str, str],
    folder: Path = ROOT,
) -> Iterator[Server]:
    """Started with a free port in SONLA_PORT and PORT, and ended after the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if "uvicorn" in command:
        command = [*command, "--port", str(port)]
    started = subprocess.Popen(
        command,
        cwd=folder,
        env={
            **_plain(),
            **environment,
            "PYTHONOPTIMIZE": "2",
            "SONLA_PORT": str(port),
            "PORT": str(port),
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(name, port, started)
        yield Server(name, port, started.pid, headers)
    finally:
        started.terminate()
        started.wait(PATIENCE)


def _plain() -> dict[str, str]:
    """The environment without settings that would make the service another one."""
    return {n: value for n, value in os.environ.items() if not n.startswith(("SONLA_", "OTEL_"))}


def _wait(name: str, port: int, started: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and started.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{name} does not start")
