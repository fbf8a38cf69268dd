"""One PostgreSQL database folder: how it is made, and the server that runs over it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sonla_api.embedded.binaries import Binaries, EmbeddedError
from sonla_api.embedded.keeper import kept_running
from sonla_api.embedded.processes import (
    account,
    command_of,
    dying_with_parent,
    environment,
    owner,
    stop,
    wait_until,
)

NAME = "sonla"  # of the database and of its owner
# Seconds: to come up, repairs after a power cut included, and to end.
START, STOP = 120.0, 30.0

# 127.0.0.1 and a password, nothing else. Errors of statements go to the API's own log: PostgreSQL
# would print the values of the record beside them.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}
# For a database that is thrown away afterwards.
CARELESS = OPTIONS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
# For one whose tables are emptied again and again, too: statistics of a moment in which one was
# empty would make PostgreSQL look through all of it for each row.
EMPTIED = CARELESS | {"autovacuum": "off"}
# Said while the last processes of a killed server are ending, or when another took the port.
PASSING = ("still in use", "could not create any TCP/IP sockets")
ATTEMPTS, PAUSE = 10, 0.5


@dataclass(frozen=True)
class Cluster:
    """The database of one folder, its server's files and its password beside it."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "postgres"

    @property
    def files(self) -> Path:
        return self.home / "files"

    def address(self) -> str:
        """Where its server answers now, the password included."""
        password = (self.home / "password").read_text()
        return f"postgresql+asyncpg://{NAME}:{password}@127.0.0.1:{self._pid_file()[3]}/{NAME}"

    def is_ready(self) -> bool:
        """Whether its server, whoever started it, takes connections."""
        lines = self._pid_file()
        return lines[7:8] == ["ready"] and self._is_ours(lines[0])

    @contextmanager
    def running(self, binaries: Binaries, options: dict[str, str]) -> Iterator[None]:
        """Its server, started for the block and stopped after it.

        One that ends in between is started again, at the same address: to make up for what a kill
        broke off is PostgreSQL's own work.
        """
        binaries = binaries.copied_to(self.folder) if os.geteuid() == 0 else binaries
        if not self.home.exists():
            self._make(binaries, ["--no-sync"] if options.get("fsync") == "off" else [])
        made_by = int((self.files / "PG_VERSION").read_text())
        if made_by != binaries.major:
            raise EmbeddedError(
                f"the database in {self.folder} was made by PostgreSQL {made_by}, "
                f"the programs in {binaries.folder} are {binaries.major}"
            )
        process, port = self._started(binaries, options)
        again = partial(self._start, binaries, options, port)
        with kept_running(process, again, STOP):
            yield

    def _started(
        self, binaries: Binaries, options: dict[str, str]
    ) -> tuple["subprocess.Popen[bytes]", int]:
        """The first start, on a port that is free: the server, once it is ready, and the port."""
        said = ""
        for _ in range(ATTEMPTS):
            port = _free_port()
            process = self._start(binaries, options, port)
            if self._comes_up(process):
                return process, port
            said = self._last_words()
            if not any(words in said for words in PASSING):
                break
            time.sleep(PAUSE)
        raise EmbeddedError(f"PostgreSQL does not start: {said}")

    def _comes_up(self, process: "subprocess.Popen[bytes]") -> bool:
        """Whether it gets ready; what does not, or is not waited for, is stopped."""
        try:
            wait_until(lambda: self.is_ready() or process.poll() is not None, START)
            is_up = self.is_ready()
        except BaseException:
            stop(process.pid, lambda: process.poll() is not None, STOP)
            raise
        if not is_up:
            stop(process.pid, lambda: process.poll() is not None, STOP)
        return is_up

    def _start(
        self, binaries: Binaries, options: dict[str, str], port: int
    ) -> "subprocess.Popen[bytes]":
        self._end_leftover()
        with (self.home / "server.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  # PostgreSQL's own program
                [binaries.folder / "postgres", "-D", self.files, *_flags(options, port)],
                **account(),
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: the server goes last
                preexec_fn=dying_with_parent(signal.SIGINT),  # noqa: PLW1509  # one call to the kernel
            )

    def _make(self, binaries: Binaries, flags: list[str]) -> None:
        # Under another name until it is whole, so that a start that was cut off leaves no half.
        making = self.folder / "postgres.new"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        (making / "password").touch(mode=0o600)
        (making / "password").write_text(secrets.token_urlsafe(24))
        for path in (making, making / "password"):
            shutil.chown(path, *owner())
        _run([binaries.folder / "initdb", *_initdb_flags(making, binaries.major), *flags])
        _run(
            [binaries.folder / "postgres", "--single", "-D", making / "files", "postgres"],
            f"CREATE DATABASE {NAME}\n",
        )
        making.rename(self.home)

    def _end_leftover(self) -> None:
        """Stop the server that a killed start left running over these very files, no other."""
        pid = (self._pid_file() or [""])[0]
        if self._is_ours(pid):
            stop(int(pid), lambda: not self._is_ours(pid), STOP)
        # PostgreSQL would take whoever has that number now for a server; should one be over these
        # files nevertheless, its shared memory still keeps a second one out.
        (self.files / "postmaster.pid").unlink(missing_ok=True)

    def _is_ours(self, pid: str) -> bool:
        return pid.isdecimal() and f"postgres -D {self.files} " in command_of(int(pid))

    def _pid_file(self) -> list[str]:
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [line.strip() for line in lines]

    def _last_words(self) -> str:
        lines = (self.home / "server.log").read_text(errors="replace").splitlines()
        fatal = [line.partition("FATAL:")[2].strip() for line in lines[-20:] if "FATAL:" in line]
        return (fatal or lines or ["no word of it in its log"])[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _flags(options: dict[str, str], port: int) -> list[str]:
    settings = options | {"port": str(port)}
    return [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]


def _initdb_flags(home: Path, major: int) -> list[str | Path]:
    # Not plain C: pg_trgm would pass over every Vietnamese and Lao letter without a word.
    provider = {15: [], 16: [], 17: ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]}
    newest = ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    return [
        *("-D", home / "files", "-U", NAME, "--pwfile", home / "password"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
        *provider.get(major, newest),
    ]


def _run(command: list[str | Path], typed: str = "") -> None:
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs
        command,
        **account(),
        cwd="/",
        env=environment(),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no word why").splitlines()[-1]
        raise EmbeddedError(f"the database cannot be made: {last}")
