"""A backup put into an empty database: all of it, or nothing."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple, Self

from sonla_api import preparing
from sonla_api.backups.archive import Archive
from sonla_api.backups.programs import BackupError, Started, conninfo, started
from sonla_api.embedded import OLDEST, find_clients
from sonla_api.preparing import MIGRATING, Progress, connected, where

HAS_TABLES = """
select exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
      and not exists (
          select from pg_depend
          where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e'))
"""
# Who would migrate waits.
BEGIN = f"begin;\nselect pg_advisory_xact_lock({MIGRATING});\n"
# The epoch is the minute of the restore: one counted on from the backup's would come again with the
# next restore of it, and who followed the first would pass over what came after the second.
END = """
insert into public.feed_epochs (epoch)
select greatest(max(epoch) + 1, (extract(epoch from now()) / 60)::integer) from public.feed_epochs;
analyze;
commit;
"""
PIECE = 1 << 20  # bytes
_SETTING = re.compile(rb"SET (\w+) = ")
_NO_STATEMENT = (b"--", b"\n", b"\\", b"SET ", b"SELECT ")


class Server(NamedTuple):
    """What has to be known of the server that is restored into."""

    settings: set[bytes]
    roles: set[str]
    major: int


def restore(address: str, file: Path, pg_bin: Path | None, progress: Progress) -> None:
    """Put the backup into an empty database, and migrate it if an older version made it."""
    client = find_clients(pg_bin, OLDEST)[-1]  # the newest reads the files of all before it
    archive = Archive(file, client.folder / "pg_restore")
    archive.refuse_strange()
    server = asyncio.run(_look_at(address))
    rights, missing = archive.rights(server.roles, server.major)
    progress(f"restoring {file} into {where(address)} with pg_restore {client.major}")
    _pour(address, archive, server.settings, "\n".join([*rights, END]), progress)
    for role in sorted(missing):
        progress(f"the rights of {role} were left out: there is no such role here")
    progress("what was revoked since the backup holds again; see `sonla keys list`")
    asyncio.run(preparing.migrate(address, progress))


async def _look_at(address: str) -> Server:
    async with connected(address) as connection:
        if await connection.fetchval(HAS_TABLES):
            raise BackupError(
                f"{where(address)} is not empty: make a new database (createdb), or name a new "
                "folder in SONLA_DATA_DIR where the embedded PostgreSQL is used"
            )
        settings = await connection.fetch("select name from pg_settings")
        roles = await connection.fetch("select rolname from pg_roles")
        return Server(
            {name.encode() for (name,) in settings},
            {role for (role,) in roles},
            connection.get_server_version().major,
        )


def _pour(
    address: str, archive: Archive, settings: set[bytes], end: str, progress: Progress
) -> None:
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with (
        started(
            archive.pg_restore,
            *("--no-owner", "--no-privileges", "--file=-", archive.file),
            stdout=pipe,
        ) as source,
        started(
            archive.pg_restore.with_name("psql"),
            *("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"),
            *("--dbname", conninfo(address)),
            address=address,
            stdin=pipe,
            stdout=nowhere,
        ) as sink,
    ):
        with _Flow(source, sink, settings, end) as flow:
            sink.wait(lambda: progress(f"{flow.passed / 1e6:.1f} MB of statements so far"))
        for program in (sink, source):
            if program.has_failed():
                raise BackupError(f"nothing was restored: {program.reason()}")


class _Flow(Thread):
    """Hands on what pg_restore writes, and the end, which commits, only if that was all of it."""

    def __init__(self, source: Started, sink: Started, settings: set[bytes], end: str) -> None:
        super().__init__(name="restore")
        self._source, self._sink, self._settings, self._end = source, sink, settings, end
        self.passed = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._sink.process.kill()
        self._source.process.kill()
        self.join()

    def run(self) -> None:
        read, write = self._source.process.stdout, self._sink.process.stdin
        assert read and write  # noqa: S101, PT018  # both are pipes
        with suppress(BrokenPipeError), write:  # psql says why it ended
            write.write(BEGIN.encode())
            for piece in self._pieces(read):
                write.write(piece)
                self.passed += len(piece)
            if not self._source.has_failed():
                write.write(self._end.encode())

    def _pieces(self, read: IO[bytes]) -> Iterator[bytes]:
        """All that is read, but settings at its beginning that an older server does not know."""
        for line in read:
            setting = _SETTING.match(line)
            if not setting or setting[1] in self._settings:
                yield line
            if not line.startswith(_NO_STATEMENT):
                break
        while piece := read.read(PIECE):
            yield piece
