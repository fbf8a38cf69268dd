"""The service as a process of its own, with the bundled records, for what attacks or calls it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonla_api.embedded import temporary_server

BIN = Path(sys.executable).parent
_ADDRESS = re.compile(r"API +(http://127\.0\.0\.1:\d+)/api/v1")
_SECRET = re.compile(r"sonla_[a-z2-7]{40}")


class Served:
    """A running service."""

    def __init__(self, address: str, environment: dict[str, str], process: int) -> None:
        self.address, self.environment, self.process = address, environment, process

    def key(self, *said: str) -> str:
        """A new key, made with these options of `sonla keys create`."""
        made = subprocess.run(
            [BIN / "sonla", "keys", "create", *said],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        secret: str = _SECRET.findall(made.stdout)[0]
        return secret


@contextmanager
def served(**settings: str) -> Iterator[Served]:
    """The service over a database of its own, for as long as the block; `settings` as variables."""
    with temporary_server() as database:
        environment = os.environ | {
            "SONLA_DATABASE_URL": database,
            "SONLA_PORT": "0",
            "SONLA_PUBLIC_READ": "true",
            "SONLA_LOG_LEVEL": "ERROR",
            **settings,
        }
        with subprocess.Popen(
            [BIN / "sonla", "serve", "--prepare", "--with-parent"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None  # noqa: S101  # asked for above
            found = filter(None, map(_ADDRESS.search, process.stdout))
            try:
                yield Served(next(found)[1], environment, process.pid)
            finally:
                process.terminate()
