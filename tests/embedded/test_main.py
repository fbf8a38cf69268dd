"""`python -m sonla_api.embedded -- COMMAND`, which `make test` is run by."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonla_api.embedded import __main__ as embedded
from sonla_api.embedded.processes import command_of, wait_until

SHOW = "import os; print(os.environ['SONLA_TEST_DATABASE_URL'])"


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_the_command_gets_a_server_and_its_exit_code_is_passed_on(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SONLA_TEST_DATABASE_URL", raising=False)
    assert embedded.main(["--", sys.executable, "-c", SHOW + "; exit(7)"]) == 7
    assert capfd.readouterr().out.startswith("postgresql+asyncpg://sonla:")


def test_a_server_that_was_named_is_used(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_TEST_DATABASE_URL", "postgresql://named")
    assert embedded.main(["--", sys.executable, "-c", SHOW]) == 0
    assert capfd.readouterr().out == "postgresql://named\n"


def test_a_folder_that_was_named_and_has_no_server_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SONLA_TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("SONLA_PG_BIN", str(tmp_path))
    assert embedded.main(["--", sys.executable, "-c", SHOW]) == 1
    said = capsys.readouterr().err
    assert said == f"sonla-api: SONLA_PG_BIN: no PostgreSQL server runs from {tmp_path}\n"


def test_without_a_command_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded.main([]) == 2
    assert embedded.main(["--"]) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_a_command_that_does_not_exist_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_TEST_DATABASE_URL", "postgresql://named")
    assert embedded.main(["--", "no-such-command"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("deaf", ["", "signal.signal(signal.SIGINT, signal.SIG_IGN); "])
def test_told_to_stop_it_has_the_command_end_first(
    deaf: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = f"import os, signal, time; {deaf}os.kill(os.getppid(), 15); time.sleep(60)"
    monkeypatch.setattr(embedded, "PATIENCE", 0.5 if deaf else 10)
    monkeypatch.setenv("SONLA_TEST_DATABASE_URL", "postgresql://named")
    with pytest.raises(SystemExit) as left:
        embedded.main(["--", sys.executable, "-c", command])
    assert left.value.code == 128 + signal.SIGTERM
    assert ("KeyboardInterrupt" in capfd.readouterr().err) is not bool(deaf)


def test_told_to_stop_it_takes_command_and_server_along(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    waiting = f"import os, time; open({str(said)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    environment = {k: v for k, v in os.environ.items() if k != "SONLA_TEST_DATABASE_URL"}
    with subprocess.Popen(
        [sys.executable, "-m", "sonla_api.embedded", "--", sys.executable, "-c", waiting],
        env=environment | {"TMPDIR": "/tmp"},  # noqa: S108  # as make test has it
    ) as process:
        assert wait_until(lambda: said.exists() and said.read_text() != "", 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
    assert command_of(int(said.read_text())) == ""
