"""The commands of `sonla`, one function each; what goes wrong is raised as one line."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sonla_api import backups, preparing
from sonla_api.embedded import default_folder, die_with_parent, server
from sonla_api.identity.keys import KeyLine, create_key, list_keys, revoke_key
from sonla_api.migrating import alembic_config
from sonla_api.settings import Settings

Result = TypeVar("Result")


class CommandError(Exception):
    """What was asked for cannot be done, in one line."""


def say(line: str) -> None:
    """Tell the person at the terminal; standard output is kept for what was asked for."""
    print(f"sonla: {line}", file=sys.stderr, flush=True)


def serve(arguments: Namespace) -> None:
    # Imported here: the other commands do without the web framework and answer sooner.
    from sonla_api import serving

    settings = Settings.read()
    if arguments.with_parent:
        die_with_parent(signal.SIGTERM)
    with serving.bind(settings.host, settings.port) as bound, _database(settings) as address:
        if arguments.prepare and asyncio.run(preparing.is_due(address)):
            _prepare_apart(address)
        asyncio.run(preparing.check(address))
        serving.serve(
            settings.model_copy(update={"database_url": address}),
            bound,
            lambda: print(_announcement(settings, bound), flush=True),
        )


def prepare(_: Namespace) -> None:
    with _database(Settings.read(), is_shared=True) as address:
        key = asyncio.run(preparing.prepare(address, say))
    if key:
        say("the first administrator key, shown this once (`sonla keys create` makes more):")
        print(key, flush=True)


def migrate(arguments: Namespace) -> None:
    if arguments.sql:
        from alembic import command  # 11 MB that the other commands do without

        command.upgrade(alembic_config(), "head", sql=True)
        return
    with _database(Settings.read(), is_shared=True) as address:
        asyncio.run(preparing.migrate(address, say))


def load(arguments: Namespace) -> None:
    from sonla_api.imports.service import load_folder  # see serve

    if not arguments.folder.is_dir():
        raise CommandError(f"{arguments.folder} is no folder")
    with _database(Settings.read(), is_shared=True) as address:
        asyncio.run(preparing.check(address))
        report = asyncio.run(load_folder(address, arguments.folder, say))
    print("\n".join(report.lines))


def backup(arguments: Namespace) -> None:
    settings = Settings.read()
    with _database(settings, is_shared=True) as address:
        backups.back_up(
            address, arguments.file, settings.pg_bin, say, overwrite=arguments.overwrite
        )


def restore(arguments: Namespace) -> None:
    settings = Settings.read()
    with _database(settings, is_shared=True) as address:
        backups.restore(address, arguments.file, settings.pg_bin, say)


def create(arguments: Namespace) -> None:
    if arguments.expires and arguments.expires <= datetime.now(UTC):
        raise CommandError("--expires lies in the past")
    secret = _on_tables(
        lambda connection: create_key(
            connection,
            name=arguments.name,
            role=arguments.role,
            scopes=arguments.scopes,
            agency=arguments.agency,
            expires_at=arguments.expires,
        )
    )
    say("the key, shown this once; a caller sends it as `Authorization: Bearer sonla_...`")
    print(secret)


def show(_: Namespace) -> None:
    lines = [_columns(key) for key in _on_tables(list_keys)]
    if not lines:
        say("there is no key yet; `sonla keys create` makes one")
        return
    table = [("prefix", "name", "role", "scopes", "agency", "last used", "state"), *lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def revoke(arguments: Namespace) -> None:
    if not _on_tables(lambda connection: revoke_key(connection, arguments.prefix)):
        raise CommandError(f"no key that holds begins with {arguments.prefix}; see sonla keys list")
    say(f"{arguments.prefix} is revoked; within 5 seconds it holds nowhere")


def openapi(arguments: Namespace) -> None:
    from sonla_api.main import create_app  # see serve

    # Not read from the environment: the contract is the same wherever it is printed.
    settings = Settings.model_construct(database_url="postgresql+asyncpg://nowhere/none")
    text = json.dumps(create_app(settings).openapi(), ensure_ascii=False, indent=2) + "\n"
    if arguments.check is None:
        sys.stdout.write(text)
    elif arguments.check.read_text(encoding="utf-8") != text:
        again = f"sonla openapi > {arguments.check}"
        raise CommandError(f"{arguments.check} is not what the API says of itself: {again}")


@contextmanager
def _database(settings: Settings, *, is_shared: bool = False) -> Iterator[str]:
    """The address of the database that is set, else of the embedded one, running for the block."""
    if settings.database_url:
        yield settings.database_url
        return
    with server(_folder(settings), settings.pg_bin, is_shared=is_shared) as address:
        yield address


def _folder(settings: Settings) -> Path:
    return settings.data_dir or default_folder()


def _on_tables(work: Callable[[preparing.Connection], Awaitable[Result]]) -> Result:
    """What comes of the work on the migrated database."""

    async def run(address: str) -> Result:
        async with preparing.migrated(address) as connection:
            return await work(connection)

    with _database(Settings.read(), is_shared=True) as address:
        return asyncio.run(run(address))


def _prepare_apart(address: str) -> None:
    """In a process of its own: serving does without the 25 MB that migrating and loading take."""
    done = subprocess.run(  # ourselves
        [sys.executable, "-m", "sonla_api.cli", "prepare"],
        env=os.environ | {"SONLA_DATABASE_URL": address},
        check=False,
    )
    if done.returncode:
        sys.exit(done.returncode)  # it has said why


def _announcement(settings: Settings, bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared with, not bound to
        host = "127.0.0.1"
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    kept = preparing.where(settings.database_url) if settings.database_url else _folder(settings)
    return "\n".join(
        (
            "sonla-api is running; Ctrl-C stops it, the data stay.",
            f"  API   {base}/api/v1",
            f"  Docs  {base}/docs",
            f"  Data  {kept}",
        )
    )


def _columns(key: KeyLine) -> tuple[str, ...]:
    now = datetime.now(UTC)
    if key.revoked_at:
        state = f"revoked {key.revoked_at:%Y-%m-%d}"
    elif key.expires_at and key.expires_at <= now:
        state = f"expired {key.expires_at:%Y-%m-%d}"
    else:
        state = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "no end"
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
    scopes = "all of the role" if key.scopes is None else ",".join(key.scopes)
    return (key.prefix, key.name, key.role, scopes, key.agency or "any", used, state)
