"""A PostgreSQL for as long as somebody needs it, over a folder that is kept or a temporary one."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sonla_api.embedded.binaries import EmbeddedError, find_binaries
from sonla_api.embedded.cluster import CARELESS, EMPTIED, OPTIONS, START, Cluster
from sonla_api.embedded.processes import wait_until

HANDOVER = 10.0  # seconds for a process that is ending to let go of the folder


def default_folder() -> Path:
    """Where the database is kept when SONLA_DATA_DIR does not say."""
    if os.geteuid() == 0:
        return Path("/var/lib/sonla-api")
    try:
        kept = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    except RuntimeError:
        raise EmbeddedError(
            "this account has no home folder to keep a database in: set SONLA_DATABASE_URL, "
            "or SONLA_DATA_DIR"
        ) from None
    return kept / "sonla-api"


@contextmanager
def server(
    folder: Path,
    pg_bin: Path | None = None,
    *,
    is_shared: bool = False,
    options: dict[str, str] = OPTIONS,
) -> Iterator[str]:
    """The address of a PostgreSQL over the database in `folder`, running for as long as the block.

    Where another process runs it already, that one's address if `is_shared`, else EmbeddedError.
    """
    folder = folder.resolve()
    cluster, binaries = Cluster(folder), find_binaries(pg_bin)
    with _lock_file(folder) as lock:
        if wait_until(lambda: _locks(lock), 0 if is_shared else HANDOVER):
            with cluster.running(binaries, options):
                yield cluster.address()
        elif is_shared and wait_until(cluster.is_ready, START):
            yield cluster.address()
        else:
            lock.seek(0)
            raise EmbeddedError(f"process {lock.read()} already uses the database in {folder}")


@contextmanager
def temporary_server(pg_bin: Path | None = None, *, is_for_tests: bool = False) -> Iterator[str]:
    """The address of a PostgreSQL that is gone, with all that is in it, after the block."""
    options = EMPTIED if is_for_tests else CARELESS
    with tempfile.TemporaryDirectory(prefix="sonla-api-") as outer:
        Path(outer).chmod(0o711)  # see _refuse_closed
        with server(Path(outer) / "database", pg_bin, options=options) as address:
            yield address


def _lock_file(folder: Path) -> IO[str]:
    _refuse_closed(folder)
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
        return (folder / "lock").open("a+")
    except OSError as error:
        raise EmbeddedError(
            f"{folder} cannot be written to ({error.strerror}); SONLA_DATA_DIR names another folder"
        ) from None


def _locks(lock: IO[str]) -> bool:
    """Whether this process may use the folder: the lock ends with the process, however it ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return True


def _refuse_closed(folder: Path) -> None:
    """As root, PostgreSQL runs as `nobody`, who must be able to pass every folder above its own."""
    if os.geteuid() != 0:
        return
    for path in (folder, *folder.parents):
        if path.is_dir() and not path.stat().st_mode & stat.S_IXOTH:
            raise EmbeddedError(
                f"the user nobody, as whom PostgreSQL runs, cannot enter {path}; "
                "SONLA_DATA_DIR names another folder"
            )
