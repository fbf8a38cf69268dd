"""`sonla`: the command line of whoever runs the service."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import NoReturn

import asyncpg

from sonla_api import commands
from sonla_api.backups import BackupError
from sonla_api.embedded import EmbeddedError
from sonla_api.identity.keys import KeyRefusedError
from sonla_api.identity.permissions import Role
from sonla_api.imports.errors import LoadError
from sonla_api.preparing import NotReadyError
from sonla_api.settings import SettingsError

ONE_LINE = (
    asyncpg.InterfaceError,
    asyncpg.PostgresError,
    BackupError,
    commands.CommandError,
    EmbeddedError,
    KeyRefusedError,
    NotReadyError,
    OSError,
    SettingsError,
)

ABOUT = """\
sonla-api: the register of a province's work with the outside world.

Everything is set by environment variables (SONLA_PORT, SONLA_DATABASE_URL, ...); they are listed
in docs/operations.md. Without SONLA_DATABASE_URL a PostgreSQL of its own is used, which keeps its
data in SONLA_DATA_DIR; a command run beside `sonla serve` finds that server by itself.
"""
EXAMPLES = """\
examples:
  sonla serve --prepare                  start everything, with the bundled records on first use
  sonla migrate && sonla serve           the same in two steps, on a server of one's own
  sonla load ./records                   load a folder of records, all of it or nothing
  sonla keys create --name "finance department" --role viewer
  sonla keys revoke k3x7mq2a
  sonla backup /srv/backups/sonla-2027-06-30.dump
  sonla openapi > openapi.json
"""
KEY_EXAMPLES = """\
examples:
  sonla keys create --name portal --role viewer
  sonla keys create --name "department of industry" --role officer --agency doit
  sonla keys create --name exchange --role officer --scopes partners:read,partners:write \\
      --expires 2027-06-30
"""


class StoppedError(BaseException):
    """Somebody said stop. Passes every `except Exception`, so all that was started is ended."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        with _stoppable():
            arguments.command(arguments)
    except StoppedError as stopped:
        return 0 if arguments.command is commands.serve else 128 + stopped.signum
    except LoadError as error:
        for line in error.errors:
            commands.say(line)
        commands.say(f"nothing was loaded, for the {len(error.errors)} reason(s) above")
    except ONE_LINE as error:
        commands.say(str(error).partition("\n")[0])  # the rest may show a record
    else:
        return 0
    return 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sonla",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sonla-api {version('sonla-api')}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serve = subparsers.add_parser("serve", help="answer requests until Ctrl-C or SIGTERM")
    serve.add_argument(
        "--prepare",
        action="store_true",
        help="do first what `sonla prepare` does, as far as it is not done",
    )
    serve.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one ends, even by SIGKILL (Linux)",
    )
    serve.set_defaults(command=commands.serve)

    prepare = subparsers.add_parser(
        "prepare",
        help="migrate, load the bundled records into an empty database, and make the first "
        "administrator key; what is there already is left as it is",
    )
    prepare.set_defaults(command=commands.prepare)

    migrate = subparsers.add_parser("migrate", help="bring the tables to the newest state")
    migrate.add_argument(
        "--sql", action="store_true", help="print all statements from the first on, run none"
    )
    migrate.set_defaults(command=commands.migrate)

    load = subparsers.add_parser(
        "load",
        help="load a folder of records: all of it or, with file and line of each error, nothing",
    )
    load.add_argument("folder", metavar="DIR", type=Path, help="the folder with the JSON files")
    load.set_defaults(command=commands.load)

    _add_backups(subparsers)
    _add_keys(subparsers.add_parser("keys", help="make, list and revoke API keys"))

    openapi = subparsers.add_parser("openapi", help="print the OpenAPI document")
    openapi.add_argument(
        "--check", metavar="FILE", type=Path, help="print nothing, but fail if FILE is another one"
    )
    openapi.set_defaults(command=commands.openapi)
    return parser


def _add_backups(subparsers: "argparse._SubParsersAction[_Parser]") -> None:
    backup = subparsers.add_parser(
        "backup",
        help="write everything into one file, as it stands at one moment, while the service runs",
    )
    backup.add_argument(
        "file", metavar="FILE", type=Path, help="the file, which gets its name when it is whole"
    )
    backup.add_argument("--overwrite", action="store_true", help="replace a FILE that is there")
    backup.set_defaults(command=commands.backup)

    restore = subparsers.add_parser(
        "restore",
        help="put a backup into an empty database: all of it or nothing; and migrate it, if an "
        "older version made it",
    )
    restore.add_argument("file", metavar="FILE", type=Path, help="what `sonla backup` wrote")
    restore.set_defaults(command=commands.restore)


def _add_keys(keys: argparse.ArgumentParser) -> None:
    subparsers = keys.add_subparsers(metavar="COMMAND", required=True)

    create = subparsers.add_parser(
        "create",
        help="make a key and show it, this once",
        epilog=KEY_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    create.add_argument("--name", required=True, help="whose key it is")
    create.add_argument(
        "--role", choices=list(Role), default=Role.viewer, help="what it may do (%(default)s)"
    )
    create.add_argument(
        "--scopes", type=_names, help="only this of it, separated by commas (all of the role)"
    )
    create.add_argument("--agency", help="key or id of the agency that it writes for (any)")
    create.add_argument(
        "--expires", metavar="DATE", type=_end_of, help="last day, YYYY-MM-DD in UTC (no end)"
    )
    create.set_defaults(command=commands.create)

    show = subparsers.add_parser("list", help="show all keys, without their secrets")
    show.set_defaults(command=commands.show)

    revoke = subparsers.add_parser("revoke", help="end a key; within 5 seconds it holds nowhere")
    revoke.add_argument("prefix", help="the first letters of the key, as `sonla keys list` shows")
    revoke.set_defaults(command=commands.revoke)


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _end_of(given: str) -> datetime:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given} is no date like 2027-06-30") from None
    return datetime.combine(day + timedelta(days=1), time(), UTC)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the signals that ask to stop into an exception; a second one while ending is ignored."""

    def stop(signum: int, _: FrameType | None) -> NoReturn:
        for one in handlers:
            signal.signal(one, signal.SIG_IGN)
        raise StoppedError(signum)

    def hang_up(_: int, __: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)  # the terminal was closed: end in good order

    handlers: dict[int, Callable[[int, FrameType | None], None]]
    handlers = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: hang_up}
    # Not where it is ignored already, as under nohup.
    before = {
        one: signal.signal(one, handler)
        for one, handler in handlers.items()
        if signal.getsignal(one) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


if __name__ == "__main__":
    sys.exit(main())
