import os
import pwd
import subprocess
import sys
from collections.abc import Callable

import pytest

from sonla_api.embedded import processes
from sonla_api.embedded.binaries import EmbeddedError

STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def test_what_does_not_end_when_asked_is_ended_by_force() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        processes.stop(process.pid, lambda: process.poll() is not None, 0.1)
        assert process.returncode == -9


def test_what_has_ended_already_is_not_an_error() -> None:
    asked = iter([False, True])
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    processes.stop(process.pid, lambda: next(asked), 1)


def test_what_never_ends_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _, signum: sent.append(signum))
    with pytest.raises(EmbeddedError, match=r"process 7\) does not end"):
        processes.stop(7, lambda: False, 0)
    assert sent == [2, 3, 9]


def test_postgresql_never_runs_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    nobody = pwd.getpwnam("nobody")
    assert processes.owner() == (nobody.pw_uid, nobody.pw_gid)
    assert processes.account()["user"] == nobody.pw_uid
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1001)
    assert processes.owner() == (1000, 1001)
    assert processes.account() == {}


def test_postgresql_is_not_led_by_the_callers_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/somewhere")
    assert "PGDATA" not in processes.environment()
    assert "PATH" in processes.environment()


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_command_line_of_a_process(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **how: (
            ran([sys.executable, "-c", "print('postgres -D /x ')"], **how)
            if command[0] == "/bin/ps"
            else ran(command, **how)
        ),
    )
    if platform == "linux":
        assert "python" in processes.command_of(os.getpid())
        assert processes.command_of(2**22 + 1) == ""
    else:
        assert processes.command_of(1) == "postgres -D /x \n"


def test_only_linux_is_asked_to_end_us_with_our_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    processes.die_with_parent(0)  # 0: not at all
    monkeypatch.setattr(sys, "platform", "darwin")
    processes.die_with_parent(9)  # would have the test end with make
