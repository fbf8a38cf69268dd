"""Runs a command, the tests, with the address of a temporary PostgreSQL in SONLA_TEST_DATABASE_URL.

SONLA_PG_BIN names the folder of the PostgreSQL to run.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sonla_api.embedded import EmbeddedError, temporary_server

VARIABLE = "SONLA_TEST_DATABASE_URL"
PATIENCE = 10  # seconds for the command to end
USAGE = "usage: python -m sonla_api.embedded -- COMMAND [ARGUMENT...]"


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["--"] or not arguments[1:]:
        print(USAGE, file=sys.stderr)  # noqa: T201  # a command
        return 2
    signal.signal(signal.SIGTERM, _stop)
    try:
        if os.environ.get(VARIABLE):
            return _run(arguments[1:], {})
        named = os.environ.get("SONLA_PG_BIN")
        binaries = Path(named).absolute() if named else None
        with temporary_server(binaries, is_for_tests=True) as address:
            return _run(arguments[1:], {VARIABLE: address})
    except (EmbeddedError, OSError) as error:
        print(f"sonla-api: {error}", file=sys.stderr)  # noqa: T201  # a command
        return 1


def _run(command: list[str], variables: dict[str, str]) -> int:
    with subprocess.Popen(command, env=os.environ | variables) as process:  # noqa: S603  # the caller's
        try:
            return process.wait()
        except SystemExit:
            process.send_signal(signal.SIGINT)  # so that it ends its own processes too
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            raise
        finally:
            process.kill()


def _stop(signum: int, _: FrameType | None) -> NoReturn:
    # An exception, so that command and server are ended on the way out.
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
