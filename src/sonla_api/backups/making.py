"""All that the database holds at one moment, written into a file."""

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sonla_api.backups.programs import BackupError, conninfo, started
from sonla_api.embedded import find_clients
from sonla_api.preparing import NotReadyError, Progress, connected, revision_of, where

PRIVATE = 0o600
LOCKED = "60s"  # for a migration that is under way


def back_up(
    address: str, file: Path, pg_bin: Path | None, progress: Progress, *, overwrite: bool
) -> None:
    """Write the file, which only its owner may read; BackupError or NotReadyError if it is not."""
    began = time.monotonic()
    # The oldest programs that will do: what they write, they and all newer ones can restore.
    client = find_clients(pg_bin, asyncio.run(_version(address)))[0]
    with _file_to_be(file, overwrite=overwrite) as written:
        progress(f"backing up {where(address)} with pg_dump {client.major}")
        with started(
            client.folder / "pg_dump",
            # Not by its standard output: pg_dump 18 would not note where each table begins, so that
            # nobody could tell a file that was cut off.
            *("--format=custom", f"--file={written.name}"),
            *(f"--lock-wait-timeout={LOCKED}", "--no-password", "--dbname", conninfo(address)),
            address=address,
        ) as dumping:
            dumping.wait(lambda: progress(f"{_size(written)} so far"))
            if dumping.has_failed():
                raise BackupError(f"no backup was made: {dumping.reason()}")
        size = _size(written)
    progress(f"{file} is written: {size}, in {time.monotonic() - began:.0f} s")


async def _version(address: str) -> int:
    """The major version of the server, if there is anything to back up."""
    async with connected(address) as connection:
        if await revision_of(connection) is None:
            raise NotReadyError(f"{where(address)} has no tables of sonla-api: nothing to back up")
        major: int = connection.get_server_version().major
        return major


@contextmanager
def _file_to_be(file: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file that gets its name only when it is whole and on the disk."""
    part = file.with_name(f"{file.name}.part")
    _refuse_existing(file, overwrite=overwrite)
    with open(part, "ab", opener=_closed) as written:
        _lock(written, part)
        try:
            os.fchmod(written.fileno(), PRIVATE)
            yield written
            os.fsync(written.fileno())
            _refuse_existing(file, overwrite=overwrite)
            part.rename(file)
        except BaseException:
            part.unlink()
            raise
    _keep_names(file.parent)


def _closed(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE)


def _lock(written: IO[bytes], part: Path) -> None:
    """What a killed backup left behind is written over, but not what another one is writing."""
    try:
        fcntl.flock(written, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(written.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_ours = False
    if not is_ours:
        raise BackupError(f"another backup is writing {part}")


def _refuse_existing(file: Path, *, overwrite: bool) -> None:
    if file.exists() and not (overwrite and file.is_file()):
        hint = "; --overwrite replaces it" if file.is_file() else ""
        raise BackupError(f"{file} is there already{hint}")


def _keep_names(folder: Path) -> None:
    """Put on the disk which files the folder has."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _size(written: IO[bytes]) -> str:
    return f"{os.fstat(written.fileno()).st_size / 1e6:.1f} MB"
