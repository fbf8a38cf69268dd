import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sonla_api.embedded import cluster as clusters
from sonla_api.embedded import keeper, postgresql
from sonla_api.embedded.binaries import Binaries, EmbeddedError, find_binaries
from sonla_api.embedded.cluster import CARELESS, Cluster
from sonla_api.embedded.postgresql import default_folder, server, temporary_server
from sonla_api.embedded.processes import command_of, wait_until
from sonla_api.settings import asyncpg_url

# A process that starts the server of the folder in argv[1], says so and waits to be killed.
HOLDER = """
import sys, time
from pathlib import Path
from sonla_api.embedded import cluster
from sonla_api.embedded.postgresql import server
if sys.argv[2] == "orphan":
    cluster.dying_with_parent = lambda signum: lambda: None
with server(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


def ask(address: str, statement: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(asyncpg_url(address))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def killed_holder(folder: Path, kind: str) -> int:
    """The PostgreSQL that a process had started before it was killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder, kind], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "up\n"
        started = int((folder / "postgres/files/postmaster.pid").read_text().split()[0])
        holder.kill()
    return started


def is_gone(pid: int) -> bool:
    return command_of(pid) == ""


def test_what_is_written_stays(made: Path) -> None:
    with server(made) as address:
        ask(address, "create table if not exists kept as select 'Hủa Phăn' as name")
    with server(made) as address:
        assert ask(address, "select name from kept limit 1") == "Hủa Phăn"


def test_it_speaks_vietnamese_and_lao(made: Path) -> None:
    with server(made) as address:
        assert ask(address, "show server_encoding") == "UTF8"
        ask(address, "create extension if not exists pg_trgm")
        assert ask(address, "select cardinality(show_trgm('ຫົວພັນ'))") > 1
        assert ask(address, "select lower('ĐIỆN BIÊN')") == "điện biên"


def test_only_who_knows_the_password_gets_in(made: Path) -> None:
    with server(made) as address, pytest.raises(asyncpg.InvalidPasswordError):
        ask(address.replace("sonla:", "sonla:not"), "select 1")


def test_a_second_owner_is_refused_and_a_guest_let_in(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "HANDOVER", 0)
    with server(made) as address:
        with server(made, is_shared=True) as same:
            assert same == address
        refused = pytest.raises(EmbeddedError, match=f"process {os.getpid()} already uses")
        with refused, server(made):
            pass
        assert ask(address, "select 1") == 1


def test_a_guest_of_nobody_starts_the_server_for_itself(made: Path) -> None:
    with server(made, is_shared=True) as address:
        assert ask(address, "select 1") == 1
    assert not Cluster(made).is_ready()


def test_what_a_killed_start_left_running_is_stopped(made: Path) -> None:
    leftover = killed_holder(made, "orphan")
    assert not is_gone(leftover)
    with server(made) as address:
        assert is_gone(leftover)
        assert ask(address, "select 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's end")
def test_on_linux_a_killed_start_leaves_nothing_running(made: Path) -> None:
    leftover = killed_holder(made, "child")
    assert wait_until(lambda: is_gone(leftover), 10)


def postmaster(folder: Path) -> int:
    return int((folder / "postgres/files/postmaster.pid").read_text().split()[0])


def test_a_killed_server_is_started_again_at_its_address(
    made: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeper, "PAUSE", 0.05)
    with server(made) as address:
        killed = []
        for _ in range(2):
            killed.append(postmaster(made))
            os.kill(killed[-1], signal.SIGKILL)
            assert wait_until(lambda: is_gone(killed[-1]), 5)
            assert wait_until(Cluster(made).is_ready, 10)
            assert ask(address, "select 1") == 1
        assert postmaster(made) not in killed
    assert not Cluster(made).is_ready()
    assert "is started again" in caplog.text


def test_a_server_that_cannot_come_back_yet_is_tried_on(
    made: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeper, "PAUSE", 0.01)
    monkeypatch.setattr(keeper, "STEADY", 0)
    start: Any = Cluster._start
    failures: list[bool] = []

    def start_later(*given: Any) -> Any:
        if failures and failures.pop():
            raise OSError("No space left on device")
        return start(*given)

    monkeypatch.setattr(Cluster, "_start", start_later)
    with server(made) as address:
        failures[:] = [False, True, True]
        os.kill(postmaster(made), signal.SIGKILL)
        assert wait_until(lambda: not failures and Cluster(made).is_ready(), 10)
        assert ask(address, "select 1") == 1
    assert caplog.text.count("cannot be started again yet: No space left on device") == 1


def test_a_server_that_is_not_waited_for_is_stopped(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(clusters, "wait_until", interrupted)
        with pytest.raises(KeyboardInterrupt), server(made):
            pass
    assert wait_until(lambda: not Cluster(made).is_ready(), 5)


def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(made: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        files = made / "postgres/files"
        lines = f"{other.pid}\n{files}\n1\n5432\n\n127.0.0.1\n0 0\nready\n"
        (files / "postmaster.pid").write_text(lines)
        with server(made) as address:
            assert ask(address, "select 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_port_that_was_taken_meanwhile_is_left_for_another(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], clusters._free_port()]
        monkeypatch.setattr(clusters, "_free_port", lambda: ports.pop(0))
        monkeypatch.setattr(clusters, "PAUSE", 0)
        with server(made) as address:
            assert ask(address, "select 1") == 1
    assert ports == []


def test_a_port_is_not_tried_for_ever(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(clusters, "_free_port", lambda: taken.getsockname()[1])
        monkeypatch.setattr(clusters, "PAUSE", 0)
        monkeypatch.setattr(clusters, "ATTEMPTS", 2)
        refused = pytest.raises(EmbeddedError, match="could not create any TCP/IP sockets")
        with refused, server(made):
            pass


def test_a_server_that_cannot_start_says_why(made: Path) -> None:
    options = clusters.OPTIONS | {"shared_buffers": "nonsense"}
    refused = pytest.raises(EmbeddedError, match=r"does not start: .*shared_buffers")
    with refused, server(made, options=options):
        pass


def test_a_database_that_cannot_be_made_says_why(outer: Path) -> None:
    programs = outer / "programs"
    programs.mkdir()
    programs.chmod(0o755)
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho 'initdb: error: no space' >&2\nexit 1\n")
        (programs / name).chmod(0o755)
    (outer / "unmade").mkdir()
    refused = pytest.raises(EmbeddedError, match="cannot be made: initdb: error: no space")
    with refused, Cluster(outer / "unmade").running(Binaries(programs, 18), {}):
        pass


def test_a_half_made_database_is_made_anew(outer: Path) -> None:
    half = outer / "half" / "postgres.new" / "files"
    half.mkdir(parents=True)
    (half / "PG_VERSION").touch()
    with server(outer / "half", options=CARELESS) as address:
        assert ask(address, "select 1") == 1
    assert not half.exists()


def test_a_database_of_another_version_is_refused(made: Path) -> None:
    programs = find_binaries(None)
    refused = pytest.raises(EmbeddedError, match=rf"by PostgreSQL {programs.major}, .* are 99")
    with refused, Cluster(made).running(Binaries(programs.folder, 99), {}):
        pass


def test_a_folder_that_cannot_be_written_to_is_named(outer: Path) -> None:
    (outer / "file").touch()
    refused = pytest.raises(EmbeddedError, match="file/data cannot be written to")
    with refused, server(outer / "file" / "data"):
        pass


def test_a_folder_closed_to_the_servers_account_is_named(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = outer / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(EmbeddedError, match=f"cannot enter {closed}"):
        postgresql._refuse_closed(closed / "data")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    postgresql._refuse_closed(closed / "data")


def test_a_temporary_server_leaves_nothing() -> None:
    with temporary_server() as address:
        assert ask(address, "show fsync") == "off"
        folder = Path(ask(address, "show data_directory"))
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(OSError, match="Connect"):
        ask(address, "select 1")


def test_an_account_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError

    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(EmbeddedError, match="set SONLA_DATABASE_URL"):
        default_folder()


@pytest.mark.parametrize(
    ("user", "kept", "expected"),
    [
        (0, "", "/var/lib/sonla-api"),
        (1000, "", "/home/ha/.local/share/sonla-api"),
        (1000, "/srv", "/srv/sonla-api"),
    ],
)
def test_the_default_folder(
    user: int, kept: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("HOME", "/home/ha")
    monkeypatch.setenv("XDG_DATA_HOME", kept)
    assert default_folder() == Path(expected)
