"""PostgreSQL's own programs, run against the database of an address."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

from sonla_api.embedded import dying_with_parent
from sonla_api.settings import asyncpg_url

PAUSE = 5.0  # seconds from one word of progress to the next
_REASON = re.compile(r"(?:error|ERROR|FATAL): +(.*)")


class BackupError(Exception):
    """Why there is no backup, or why nothing was restored, in one line."""


class Started:
    """A program that is running, and what it says on standard error."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        self.name, self.process, self._said = name, process, said

    def wait(self, still: Callable[[], None]) -> None:
        """Wait for its end; `still` is called now and then meanwhile."""
        while True:
            try:
                self.process.wait(PAUSE)
            except subprocess.TimeoutExpired:
                still()
            else:
                return

    def has_failed(self) -> bool:
        return self.process.wait() != 0

    def reason(self) -> str:
        """The first error that it named, else how it ended."""
        self._said.seek(0)
        named = _REASON.search(self._said.read().decode(errors="replace"))
        if named:
            return f"{self.name} says: {named[1]}"
        code = self.process.returncode
        return f"{self.name} was ended by " + (
            f"signal {-code}" if code < 0 else f"itself ({code})"
        )


@contextmanager
def started(
    program: Path,
    *options: str | Path,
    address: str = "",
    stdin: int | None = None,
    stdout: int | IO[bytes] | None = None,
) -> Iterator[Started]:
    """The program, running for the block; it ends with the block, and with this process."""
    password = make_url(address).password if address else None
    given = {"PGPASSWORD": str(password)} if password else {}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603  # PostgreSQL's own programs
            [program, *options],
            env=os.environ | {"LC_ALL": "C"} | given,
            stderr=said,
            preexec_fn=dying_with_parent(signal.SIGKILL),  # noqa: PLW1509  # one call to the kernel
            stdin=stdin,
            stdout=stdout,
        ) as process,
    ):
        try:
            yield Started(program.name, process, said)
        finally:
            process.kill()


def conninfo(address: str) -> str:
    """The address as these programs read it; without the password, which all could see."""
    url = make_url(asyncpg_url(address))
    parts = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    given = {**parts, **url.query}.items()
    return " ".join(f"{name}={_quoted(value)}" for name, value in given if value is not None)


def _quoted(value: object) -> str:
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
