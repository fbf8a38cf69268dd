"""The service under test: its processes, its own PostgreSQL, and somebody who starts it again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from sonla_api.embedded.cluster import Cluster
from sonla_api.settings import asyncpg_url

ROOT = Path(__file__).parents[1]
SONLA = [sys.executable, "-m", "sonla_api.cli"]
START, STOP = 300.0, 35.0


class Service:
    """`sonla serve` on a port of its own, over a data folder of its own."""

    def __init__(self, folder: Path, workers: int, **settings: str) -> None:
        self.cluster, self.workers, self.port = Cluster(folder.resolve()), workers, _free_port()
        own = {"DATA_DIR": folder, "PORT": self.port, "WORKERS": workers, **settings}
        plain = {n: v for n, v in os.environ.items() if not n.startswith("SONLA_")}
        self.environment = plain | {f"SONLA_{name}": str(value) for name, value in own.items()}
        self.log = folder.parent / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def main(self) -> int:
        assert self._process  # noqa: S101  started
        return self._process.pid

    def run(self, *arguments: str) -> str:
        """A command beside the service; what it prints."""
        command = [*SONLA, *arguments]
        done = subprocess.run(
            command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*SONLA, "serve", "--with-parent"], env=self.environment, stdout=log, stderr=log
            )

    def stop(self) -> float:
        """Ask it to end; after how many seconds it did."""
        assert self._process  # noqa: S101  started
        began = time.monotonic()
        self._process.terminate()
        self._process.wait(STOP)
        return time.monotonic() - began

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def processes(self) -> list[int]:
        """Those that answer requests."""
        if self.workers == 1:
            return [] if self.has_ended() else [self.main]
        return [pid for pid in children(self.main) if b"spawn_main" in _command(pid)]

    def postmaster(self) -> int | None:
        lines = self.cluster.files / "postmaster.pid"
        try:
            return int(lines.read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return None

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(asyncpg_url(self.cluster.address()), timeout=5)


@contextmanager
def running(folder: Path, workers: int, **settings: str) -> Iterator[tuple[Service, str]]:
    """The service over an empty register, ready, and the secret of an administrator."""
    service = Service(folder, workers, **settings)
    service.run("migrate")
    secret = service.run("keys", "create", "--name", "torture", "--role", "administrator")
    service.start()
    try:
        asyncio.run(wait_until(lambda: answers(service.port), START))
        yield service, secret
    finally:
        if not service.has_ended():
            service.stop()


async def kept_up(service: Service) -> None:
    """What an init system does: start the service again when it has ended."""
    while True:
        if service.has_ended():
            service.start()
        await asyncio.sleep(0.1)


async def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds:g} seconds in vain")
        await asyncio.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has ended meanwhile
    return sorted(found)


def send(signum: signal.Signals, *pids: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            continue


def megabytes(pid: int) -> float:
    """What the process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
