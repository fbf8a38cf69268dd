"""Starts the server again when it ends while it is needed."""

import logging
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from sonla_api.embedded.binaries import EmbeddedError
from sonla_api.embedded.processes import stop

PAUSE = 0.5  # seconds before another try, such as while the killed server's last processes end
STEADY = 10.0  # seconds that make an end worth telling, though the one before was told
_log = logging.getLogger("sonla_api")

Started = subprocess.Popen[bytes]


@contextmanager
def kept_running(process: Started, again: Callable[[], Started], patience: float) -> Iterator[None]:
    """The server runs for the block, also if it is killed; stopped after it.

    `again` starts it anew, without waiting until it is ready.
    """
    keeper = _Keeper(process, again)
    try:
        yield
    finally:
        keeper.end(patience)


class _Keeper:
    """A thread that waits for the end of the server, and lives as long as we need one: the kernel
    ends a server together with the thread that started it.
    """

    def __init__(self, process: Started, again: Callable[[], Started]) -> None:
        self._process, self._again = process, again
        self._is_over, self._starting = Event(), Lock()
        self._told = ""
        self._thread = Thread(target=self._keep, name="keeper of PostgreSQL", daemon=True)
        self._thread.start()

    def end(self, patience: float) -> None:
        with self._starting:
            self._is_over.set()
        stop(self._process.pid, lambda: self._process.poll() is not None, patience)
        self._thread.join()

    def _keep(self) -> None:
        self._wait()
        while not self._is_over.is_set():
            try:
                self._start_again()
            except (OSError, EmbeddedError, subprocess.SubprocessError) as error:
                self._tell(f"PostgreSQL cannot be started again yet: {error}")
            else:
                self._wait()
            self._is_over.wait(PAUSE)

    def _start_again(self) -> None:
        with self._starting:
            if self._is_over.is_set():
                return
            ended = self._process.returncode
            self._process = self._again()
        self._tell(f"PostgreSQL ended ({ended}) and is started again")

    def _wait(self) -> None:
        since = time.monotonic()
        self._process.wait()
        if time.monotonic() - since > STEADY:
            self._told = ""

    def _tell(self, line: str) -> None:
        """Once: a server that ends whenever it is started would fill the disk with this."""
        if line != self._told:
            _log.error(line)
            self._told = line
