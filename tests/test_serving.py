"""`sonla serve` as a process of its own: what it says, what it leaves, and how it ends."""

import asyncio
import gc
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import asyncpg
import pytest
from uvicorn.supervisors import Multiprocess

from sonla_api import cli, commands, serving
from sonla_api.embedded import server
from sonla_api.embedded.cluster import Cluster
from sonla_api.embedded.processes import wait_until
from sonla_api.kit import logs
from sonla_api.settings import Settings, SettingsError, asyncpg_url
from tests.operating import ask, new_database

SECRET = re.compile(r"^sonla_[a-z2-7]{40}$", re.MULTILINE)
WAITING = """
    select exists (select from pg_locks join pg_database on pg_database.oid = database
                   where datname = current_database() and not granted)
"""
ADDRESS = re.compile(r"API +http://127\.0\.0\.1:(\d+)/api/v1")
SONLA = [sys.executable, "-m", "sonla_api.cli"]


# What is done with a service at an address; true if it has been told to stop by that.
Act = Callable[[str], bool | None]


class Served:
    """`sonla serve` in this very process, with somebody who calls it and then has it stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self._failures: list[BaseException] = []
        self._announced = commands._announcement
        monkeypatch.setattr(commands, "_announcement", self._announce)
        monkeypatch.setattr(logs, "configure", lambda _: None)  # the log here is pytest's
        monkeypatch.setenv("SONLA_PORT", "0")

    def __call__(self, act: Act, *arguments: str, signum: int = signal.SIGTERM) -> str:
        """What was said until it ended in good order."""
        self._act, self._signum = act, signum
        assert cli.main(["serve", *arguments]) == 0
        self._thread.join()
        if self._failures:
            raise self._failures[0]
        return self._capfd.readouterr().out

    def _announce(self, settings: Settings, bound: socket.socket) -> str:
        text = self._announced(settings, bound)
        self._thread = Thread(
            target=self._call, args=[f"http://127.0.0.1:{bound.getsockname()[1]}"]
        )
        self._thread.start()
        return text

    def _call(self, base: str) -> None:
        is_stopped: bool | None = False
        try:
            is_stopped = self._act(base)
        except BaseException as failure:  # noqa: BLE001  # raised again by the test's own thread
            self._failures.append(failure)
        if not is_stopped:
            os.kill(os.getpid(), self._signum)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Served:
    return Served(monkeypatch, capfd)


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own
        answer.read()
        status: int = answer.status
        return status


@pytest.fixture
def empty(database_url: str) -> Iterator[str]:
    with new_database(database_url) as url:
        yield url


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("SONLA_") and name != "SONLA_TEST_DATABASE_URL":
            monkeypatch.delenv(name)


def test_the_first_start_prepares_everything_and_a_later_one_changes_nothing(
    empty: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_DATABASE_URL", empty)

    def look(base: str) -> None:
        assert get(base + "/health/ready") == 200
        assert get(base + "/docs") == 200

    first = served(look, "--prepare")
    written = ask(empty, "select count(*) from changes")
    later = served(look, "--prepare", signum=signal.SIGINT)
    assert len(SECRET.findall(first)) == 1
    assert not SECRET.search(later)
    assert ask(empty, "select count(*) from changes") == written > 0
    assert ask(empty, "select count(*) from api_keys") == 1


def test_without_a_named_server_it_brings_its_own(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="Sơn La ") as outer:
        Path(outer).chmod(0o711)
        folder = Path(outer) / "data"
        monkeypatch.setenv("SONLA_DATA_DIR", str(folder))
        assert cli.main(["migrate"]) == 0

        def list_beside(base: str) -> None:
            assert get(base + "/health/ready") == 200
            subprocess.run([*SONLA, "keys", "create", "--name", "made beside it"], check=True)

        assert str(folder) in served(list_beside)
        assert not Cluster(folder).is_ready()
        with server(folder) as address:
            assert ask(asyncpg_url(address), "select name from api_keys") == "made beside it"


def test_told_to_stop_it_first_answers_who_has_asked(
    database_url: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop_while_waiting(base: str) -> int:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute("lock table partners in access exclusive mode")
            asking = asyncio.create_task(asyncio.to_thread(get, f"{base}/api/v1/partners"))
            while not await connection.fetchval(WAITING):  # noqa: ASYNC110  # for another process
                await asyncio.sleep(0.02)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert not asking.done()
        await connection.close()
        return await asking

    def act(base: str) -> bool:
        assert asyncio.run(stop_while_waiting(base)) == 200
        return True

    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    monkeypatch.setenv("SONLA_PUBLIC_READ", "true")
    served(act)


def test_several_processes_serve_one_address_and_end_together(
    database_url: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases: list[str] = []

    def look(base: str) -> None:
        bases.append(base)
        assert {get(base + "/health/ready") for _ in range(8)} == {200}
        assert get(base + "/metrics") == 200

    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    monkeypatch.setenv("SONLA_WORKERS", "2")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    served(look)
    with pytest.raises(OSError, match="refused"):
        get(bases[0] + "/health/live")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's end")
def test_processes_of_a_killed_service_leave_its_address(database_url: str) -> None:
    variables = {"DATABASE_URL": database_url, "WORKERS": "2", "PORT": "0"}
    with subprocess.Popen(
        [*SONLA, "serve"],
        env=os.environ | {f"SONLA_{name}": value for name, value in variables.items()},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = next(filter(None, (ADDRESS.search(line) for line in process.stdout)))
        assert get(f"http://127.0.0.1:{found[1]}/health/live") == 200
        process.kill()

    def is_free() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(found[1]))) != 0

    assert wait_until(is_free, 20)


def test_processes_that_do_not_come_up_are_not_called_running(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stillborn:
        def wait_until_ready(self, _: float) -> bool:
            return False

    workers = object.__new__(serving._Workers)
    workers.processes = [Stillborn()]  # type: ignore[list-item]  # all that is asked of one
    workers._started = lambda: pytest.fail("told to be running")
    monkeypatch.setattr(Multiprocess, "init_processes", lambda _: None)
    workers.init_processes()


def test_a_process_of_several_takes_its_settings_from_the_environment(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    monkeypatch.setattr(serving, "die_with_parent", asked.append)
    monkeypatch.setattr(logs, "configure", lambda _: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)  # of this process of tests
    assert serving.worker().title
    assert asked == [signal.SIGTERM]


def test_an_address_in_use_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "ANOTHER_TRY", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("SONLA_PORT", str(port))
        assert cli.main(["serve", "--prepare"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"sonla: 127.0.0.1:{port} cannot be served on (Address already in use)")
    assert said.count("\n") == 1


def test_an_address_of_another_machine_is_one_line() -> None:
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1:8000 cannot be served on"):
        serving.bind("192.0.2.1", 8000)


def test_it_can_be_told_to_end_with_who_started_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(commands, "die_with_parent", asked.append)
    monkeypatch.setattr(serving, "serve", lambda *_: None)
    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    monkeypatch.setenv("SONLA_PORT", "0")
    assert cli.main(["serve", "--with-parent"]) == 0
    assert asked == [signal.SIGTERM]


@pytest.mark.parametrize(
    ("host", "base"),
    [("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")],  # noqa: S104  # for an instant
)
def test_the_address_shown_can_be_opened(host: str, base: str) -> None:
    settings = Settings(database_url="postgresql://u:geheim@db/sonla")
    try:
        bound = serving.bind(host, 0)
    except SettingsError:
        pytest.skip("no IPv6 here")
    with bound:
        shown = commands._announcement(settings, bound)
    assert f"API   {base}" in shown
    assert "database sonla at db:5432" in shown
    assert "geheim" not in shown
