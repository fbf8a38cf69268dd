"""Starting, watching and stopping processes without touching one that is not ours."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sonla_api.embedded.binaries import EmbeddedError

PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int) -> None:
    """Ask the kernel to send `signum` to this process when its parent ends, even by SIGKILL."""
    dying_with_parent(signum)()


def dying_with_parent(signum: int) -> Callable[[], None]:
    """The same for a process that is being started, to be called in it.

    All that it needs is found beforehand: other threads may hold what would be needed to find it.
    The parent is the thread that starts the process.
    """
    if sys.platform != "linux":
        return lambda: None
    return partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG, signum)


def owner() -> tuple[int, int]:
    """User and group under which PostgreSQL runs: the caller's, but never root's."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def account() -> dict[str, Any]:
    """What makes `subprocess` start a process under that account."""
    user, group = owner()
    return {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}


def environment() -> dict[str, str]:
    """The caller's environment without what PostgreSQL's own programs would read from it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def command_of(pid: int) -> str:
    """The command line of a running process, empty when there is none."""
    try:
        if sys.platform == "linux":
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            return os.fsdecode(line)
        ps = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603  a fixed program and a number
    except OSError:
        return ""


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to be so within these seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stop(pid: int, is_gone: Callable[[], bool], seconds: float) -> None:
    """End a PostgreSQL server: first in order, then at once, then by force."""
    for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if is_gone():
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signum)
        if wait_until(is_gone, seconds):
            return
    raise EmbeddedError(f"PostgreSQL (process {pid}) does not end")
