"""`sonla` as its operator types it, against databases of its own."""

import asyncio
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from sonla_api import cli, commands, main, preparing
from sonla_api.imports.errors import LoadError
from sonla_api.settings import Settings
from tests.operating import ask, new_database

SECRET = re.compile(r"sonla_[a-z2-7]{40}")


class Typed:
    """What came of a command: its exit code and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def line(self) -> str:
        """The one line that an error is."""
        assert self.code != 0
        assert self.err.count("\n") == 1, self.err
        return self.err


Type = Callable[..., Typed]


@pytest.fixture
def sonla(capsys: pytest.CaptureFixture[str]) -> Type:
    def run(*arguments: str) -> Typed:
        try:
            code = cli.main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        return Typed(code, *capsys.readouterr())

    return run


@pytest.fixture
def empty(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database without tables, in SONLA_DATABASE_URL."""
    with new_database(database_url) as url:
        monkeypatch.setenv("SONLA_DATABASE_URL", url)
        yield url


@pytest.fixture
def migrated(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The tables of the other tests, in SONLA_DATABASE_URL; keys are gone afterwards."""
    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    yield database_url
    ask(database_url, "truncate api_keys cascade")


def test_help_shows_examples(sonla: Type) -> None:
    for arguments in ([], ["keys", "create"]):
        told = sonla(*arguments, "--help")
        assert told.code == 0
        assert "examples:" in told.out
    assert sonla("--version").out.startswith("sonla-api ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "sonla: the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["keys", "create", "--name", "x", "--role", "king"], "invalid choice: 'king'"),
        (["keys", "create", "--name", "x", "--expires", "soon"], "soon is no date like 2027-06-30"),
    ],
)
def test_a_command_mistyped_is_one_line(sonla: Type, arguments: list[str], said: str) -> None:
    typed = sonla(*arguments)
    assert typed.code == 2
    assert said in typed.line


def test_a_key_is_made_shown_once_listed_and_revoked(sonla: Type, migrated: str) -> None:
    assert (
        sonla("keys", "list").err == "sonla: there is no key yet; `sonla keys create` makes one\n"
    )

    key = sonla("keys", "create", "--name", "Sở Công Thương", "--role", "officer").out.strip()
    sonla("keys", "create", "--name", "b", "--scopes", "partners:read", "--expires", "2100-01-31")
    assert SECRET.fullmatch(key)
    listed = sonla("keys", "list").out
    assert key not in listed
    assert re.search(r"Sở Công Thương +officer +all of the role +any +never +no end", listed)
    assert re.search(r"b +viewer +partners:read +any +never +until 2100-02-01 00:00 UTC", listed)

    prefix = key.removeprefix("sonla_")[:8]
    assert "within 5 seconds" in sonla("keys", "revoke", prefix).err
    ask(
        migrated,
        "update api_keys set expires_at = '2020-02-02', last_used_at = '2020-02-01'"
        " where name = 'b'",
    )
    listed = sonla("keys", "list").out
    assert re.search(rf"{prefix} .* revoked 20\d\d-", listed)
    assert re.search(r"2020-02-01 00:00 +expired 2020-02-02", listed)
    assert "no key that holds" in sonla("keys", "revoke", prefix).line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--agency", "nobody"], "there is no agency nobody"),
        (["--scopes", "partners:fly"], "there is no scope partners:fly"),
        (["--expires", "2020-01-01"], "--expires lies in the past"),
    ],
)
def test_a_key_that_cannot_be_is_one_line(
    sonla: Type, migrated: str, arguments: list[str], said: str
) -> None:
    assert said in sonla("keys", "create", "--name", "x", *arguments).line


def test_migrating_says_what_it_does_and_does_it_once(sonla: Type, empty: str) -> None:
    assert "run `sonla migrate` first" in sonla("keys", "list").line
    assert "run `sonla migrate` first" in sonla("serve").line
    assert "from an empty database" in sonla("migrate").err
    assert "up to date" in sonla("migrate").err
    ask(empty, "update alembic_version set version_num = 'of_tomorrow'")
    assert "(of_tomorrow) are of a newer sonla-api" in sonla("keys", "list").line
    assert "(of_tomorrow) are of a newer sonla-api" in sonla("migrate").line


def test_an_empty_database_is_prepared_whole_and_a_prepared_one_left_alone(
    sonla: Type, empty: str
) -> None:
    first = sonla("prepare")
    assert "loading the bundled records" in first.err
    assert SECRET.fullmatch(first.out.strip())
    written = ask(empty, "select count(*) from changes")
    assert sonla("prepare").out == ""
    assert ask(empty, "select count(*) from changes") == written


def test_the_calendar_comes_once_also_into_a_database_with_records(sonla: Type, empty: str) -> None:
    days = "select count(*) from calendar_days"
    sonla("migrate")
    ask(
        empty,
        "insert into sources (id, version, title, visibility)"
        " values (gen_random_uuid(), 1, 'A page', 'public')",
    )
    said = sonla("prepare").err
    assert "loading the working days" in said
    assert "loading the bundled records" not in said
    assert ask(empty, days) == 45
    ask(empty, "delete from calendar_days")  # on purpose, as the log says
    sonla("prepare")
    assert ask(empty, days) == 0


def test_two_may_migrate_at_once(empty: str) -> None:
    said: list[str] = []
    url = str(Settings.read().database_url)

    async def both() -> None:
        await asyncio.gather(*(preparing.migrate(url, said.append) for _ in range(2)))

    asyncio.run(both())
    assert [line.split()[0] for line in said] == ["migrating", "the"]


def test_the_statements_are_shown_without_a_database(
    sonla: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    assert "CREATE TABLE partners" in sonla("migrate", "--sql").out


def test_letters_that_search_would_pass_over_are_warned_of(
    sonla: Type, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "LETTERS", "select false")
    assert "warning: " in sonla("migrate").err


async def loaded(_: object, folder: Path, progress: Callable[[str], None]) -> Any:
    class Report:
        lines = (f"{folder.name}: 2 partners",)

    progress("reading")
    return Report


async def refused(*_: object) -> Any:
    raise LoadError(["partners.json:3: no name", "partners.json:9: no such country"])


def test_loading_shows_progress_and_what_came_in(
    sonla: Type, migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sonla_api.imports.service.load_folder", loaded)
    typed = sonla("load", str(tmp_path))
    assert (typed.code, typed.err) == (0, "sonla: reading\n")
    assert typed.out == f"{tmp_path.name}: 2 partners\n"


def test_a_folder_that_cannot_be_loaded_is_told_line_by_line(
    sonla: Type, migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is no folder" in sonla("load", str(tmp_path / "nowhere")).line
    monkeypatch.setattr("sonla_api.imports.service.load_folder", refused)
    typed = sonla("load", str(tmp_path))
    assert typed.code == 1
    assert typed.err.splitlines() == [
        "sonla: partners.json:3: no name",
        "sonla: partners.json:9: no such country",
        "sonla: nothing was loaded, for the 2 reason(s) above",
    ]


def test_openapi_is_printed_and_compared(
    sonla: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_PORT", "is not read")
    printed = sonla("openapi").out
    assert json.loads(printed)["openapi"].startswith("3.1")
    described = SimpleNamespace(openapi=lambda: json.loads(printed))  # describing takes its time
    monkeypatch.setattr(main, "create_app", lambda _: described)
    kept = tmp_path / "openapi.json"
    kept.write_text(printed, encoding="utf-8")
    assert sonla("openapi", "--check", str(kept)).code == 0
    kept.write_text(printed.replace("3.1", "3.0", 1), encoding="utf-8")
    assert f"sonla openapi > {kept}" in sonla("openapi", "--check", str(kept)).line
    assert "No such file" in sonla("openapi", "--check", str(tmp_path / "none")).line


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://u:geheim@127.0.0.1:1/d", "database d at 127.0.0.1:1: Connection refused"),
        ("postgresql://u:geheim@no.invalid/d", "no connection to database d at no.invalid:5432: "),
        ("mysql://u:geheim@db/d", "must begin with postgresql://"),
    ],
)
def test_a_database_that_is_not_there_is_one_line_without_its_password(
    sonla: Type, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("SONLA_DATABASE_URL", address)
    line = sonla("migrate").line
    assert said in line
    assert "geheim" not in line


def test_a_database_that_does_not_exist_is_one_line(
    sonla: Type, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_DATABASE_URL", database_url + "_not")
    assert "does not exist" in sonla("migrate").line


def test_a_database_that_does_not_answer_is_one_line(
    sonla: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("SONLA_DATABASE_URL", f"postgresql://u@127.0.0.1:{port}/d?ssl=disable")
        assert "no answer within 0.2 seconds" in sonla("migrate").line


def test_a_database_that_is_not_utf8_is_refused(
    sonla: Type, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = "encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'"
    if ask(database_url, "show server_version_num") >= "170000":
        old += " locale_provider 'libc'"
    with new_database(database_url, old) as url:
        monkeypatch.setenv("SONLA_DATABASE_URL", url)
        assert "is encoded in SQL_ASCII; UTF8 is needed" in sonla("migrate").line


def test_tables_that_may_not_be_made_are_one_line(
    sonla: Type, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"sonla_test_{uuid4().hex[:8]}"
    ask(empty, f"create role {role} login password 'x'")
    try:
        host = empty.rpartition("@")[2]
        monkeypatch.setenv("SONLA_DATABASE_URL", f"postgresql://{role}:x@{host}")
        assert "migrating failed: " in sonla("migrate").err
        assert "permission denied" in sonla("migrate").err
        monkeypatch.setenv("SONLA_PORT", "0")
        assert sonla("serve", "--prepare").code == 1
    finally:
        ask(empty, f"drop role {role}")


def answer_as_postgresql_14(listening: socket.socket) -> None:
    """Just enough of PostgreSQL's protocol to let somebody in and to say which version it is."""

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    parameters = {"server_version": "14.9", "server_encoding": "UTF8", "client_encoding": "UTF8"}
    connection, _ = listening.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(message(b"R", bytes(4)))
        for name, value in parameters.items():
            connection.sendall(message(b"S", f"{name}\0{value}\0".encode()))
        connection.sendall(message(b"K", bytes(8)) + message(b"Z", b"I"))
        connection.recv(4096)


def test_a_postgresql_that_is_too_old_is_refused(
    sonla: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = threading.Thread(target=answer_as_postgresql_14, args=[listening])
        answering.start()
        port = listening.getsockname()[1]
        monkeypatch.setenv(
            "SONLA_DATABASE_URL", f"postgresql://u@127.0.0.1:{port}/d?sslmode=disable"
        )
        assert "is PostgreSQL 14; 15 or newer is needed" in sonla("migrate").line
        answering.join()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_stop_stops(
    sonla: Type, migrated: str, monkeypatch: pytest.MonkeyPatch, signum: int
) -> None:
    def interrupted(_: object) -> None:
        os.kill(os.getpid(), signum)
        time.sleep(5)

    monkeypatch.setattr(commands, "migrate", interrupted)
    stopped = signal.SIGTERM if signum == signal.SIGHUP else signum
    before = signal.getsignal(signum)
    assert sonla("migrate").code == 128 + stopped
    assert signal.getsignal(signum) == before


def test_a_signal_that_is_ignored_stays_ignored(
    sonla: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hung_up(_: object) -> None:
        os.kill(os.getpid(), signal.SIGHUP)

    monkeypatch.setattr(commands, "migrate", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert sonla("migrate").code == 0
    finally:
        signal.signal(signal.SIGHUP, before)
