"""What cannot be backed up or restored is told in one line, and leaves nothing half done."""

import fcntl
import io
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sonla_api import commands
from sonla_api.backups import programs, restoring
from sonla_api.backups.archive import Archive
from sonla_api.embedded import find_clients
from tests.operating import ask
from tests.test_cli import Type, sonla

__all__ = ["sonla"]  # a fixture

INSTEAD = """#!/bin/sh
for option; do
    case "$option" in
        --version) echo "x (PostgreSQL) 99.1"; exit ;;
        --file=*) file=${option#--file=} ;;
    esac
done
echo half > "$file"
"""
FULL = "pg_dump: error: could not write to output file: No space left on device"
NAMES = ("pg_dump", "pg_restore", "psql")


@pytest.fixture
def register(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of the other tests, in SONLA_DATABASE_URL."""
    monkeypatch.setenv("SONLA_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def dumping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`dumping("exit 1")`: what pg_dump does instead."""

    def be(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in NAMES:
            (folder / name).write_text(f"{INSTEAD}{script}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("SONLA_PG_BIN", str(folder))

    return be


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes to: alone in its folder."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "sonla.dump"


def beside(file: Path) -> list[str]:
    return sorted(it.name for it in file.parent.iterdir())


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            f"echo '{FULL}' >&2; exit 1",
            "no backup was made: pg_dump says: could not write to output file: No space left",
        ),
        ("kill -9 $$", "no backup was made: pg_dump was ended by signal 9"),
        ("exit 3", "no backup was made: pg_dump was ended by itself (3)"),
    ],
)
def test_what_was_broken_off_has_no_name(
    sonla: Type, register: str, dumping: Any, file: Path, script: str, said: str
) -> None:
    dumping(script)
    file.write_text("of yesterday")
    typed = sonla("backup", str(file), "--overwrite")
    assert typed.code == 1
    assert said in typed.err
    assert beside(file) == ["sonla.dump"]
    assert file.read_text() == "of yesterday"


def test_a_backup_that_is_told_to_stop_leaves_nothing(
    sonla: Type, register: str, dumping: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(line: str) -> None:
        if "so far" in line:
            os.kill(os.getpid(), signal.SIGTERM)

    dumping("exec sleep 60")
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    monkeypatch.setattr(commands, "say", say)
    assert sonla("backup", str(file)).code == 128 + signal.SIGTERM
    assert beside(file) == []


def test_a_file_that_is_there_stays_unless_it_is_said(
    sonla: Type, register: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    file.write_text("of yesterday")
    file.with_name("sonla.dump.part").write_text("what a killed one left" * 1_000_000)
    assert "is there already; --overwrite replaces it" in sonla("backup", str(file)).line
    assert file.read_text() == "of yesterday"
    written = sonla("backup", "--overwrite", str(file))
    assert written.code == 0
    assert "backing up database" in written.err
    assert "MB so far" in written.err
    assert f"{file} is written: " in written.err
    assert beside(file) == ["sonla.dump"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size < 1_000_000
    assert sonla("backup", "--overwrite", str(file.parent)).line.endswith("is there already\n")


def test_a_file_that_appears_meanwhile_stays(
    sonla: Type, register: str, dumping: Any, file: Path
) -> None:
    dumping(f"echo other > '{file}'")
    assert "is there already" in sonla("backup", str(file)).err
    assert (beside(file), file.read_text()) == (["sonla.dump"], "other\n")


def test_two_do_not_write_one_file(sonla: Type, register: str, file: Path) -> None:
    part = file.with_name("sonla.dump.part")
    with part.open("w") as other:
        other.write("half")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)
        assert f"another backup is writing {part}" in sonla("backup", str(file)).line
    assert part.read_text() == "half"


def test_a_folder_or_tables_that_are_not_there_are_one_line(
    sonla: Type, register: str, empty: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No such file" in sonla("backup", str(file.parent / "none" / "x")).line
    monkeypatch.setenv("SONLA_DATABASE_URL", empty)
    assert "has no tables of sonla-api: nothing to back up" in sonla("backup", str(file)).line


def test_programs_that_are_too_old_are_named_with_their_package(
    sonla: Type, register: str, dumping: Any, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    major = ask(register, "show server_version_num")[:2]
    dumping("")
    folder = Path(os.environ["SONLA_PG_BIN"])
    for name in NAMES:
        (folder / name).write_text("#!/bin/sh\necho 'x (PostgreSQL) 14.9'\n")
    line = sonla("backup", str(file)).line
    assert f"are those of 14: apt install postgresql-client-{major}" in line
    monkeypatch.setenv("SONLA_PG_BIN", str(file.parent))
    assert "are none: apt install postgresql-client-15" in sonla("restore", str(file)).line


@pytest.fixture
def backup(sonla: Type, register: str, file: Path) -> Path:
    assert sonla("backup", str(file)).code == 0
    return file


def test_what_is_no_backup_is_refused(
    sonla: Type, empty: str, other_empty: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONLA_DATABASE_URL", empty)
    assert "cannot be read: No such file" in sonla("restore", str(file)).line
    file.write_text("-- PostgreSQL database dump")
    assert "is no backup: `sonla backup` did not make it" in sonla("restore", str(file)).line
    file.write_bytes(b"PGDMP\x09\x09\x09")
    line = sonla("restore", str(file)).line
    assert "cannot be read: unsupported version (9.9) in file header; newer programs may" in line
    file.unlink()
    ask(empty, "create table alembic_version as select 'of_tomorrow' as version_num")
    assert sonla("backup", str(file)).code == 0
    monkeypatch.setenv("SONLA_DATABASE_URL", other_empty)
    assert "was made by a newer sonla-api (of_tomorrow)" in sonla("restore", str(file)).line
    pg_dump = find_clients(None, 15)[-1].folder / "pg_dump"
    subprocess.run([pg_dump, "-Fc", "-f", file, other_empty], check=True)
    assert "is a dump of PostgreSQL, but not of a sonla-api" in sonla("restore", str(file)).line


def test_only_an_empty_database_is_restored_into_and_only_a_whole_backup(
    sonla: Type, backup: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is not empty: make a new database (createdb)" in sonla("restore", str(backup)).line
    monkeypatch.setenv("SONLA_DATABASE_URL", empty)
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    whole = backup.read_bytes()
    backup.write_bytes(whole[:-100])
    cut = sonla("restore", str(backup))
    assert cut.code == 1
    assert "nothing was restored: pg_restore says: could not read from input file" in cut.err
    assert ask(empty, "select count(*) from pg_tables where schemaname = 'public'") == 0
    backup.write_bytes(whole)
    # What psql is refused, such as by a role without the right to make anything, is told as well.
    monkeypatch.setattr(restoring, "END", "select 1/0;\ncommit;\n")
    assert "nothing was restored: psql says: division by zero" in sonla("restore", str(backup)).err
    assert ask(empty, "select count(*) from pg_tables where schemaname = 'public'") == 0


def test_rights_come_back_for_roles_that_are_there(
    sonla: Type,
    register: str,
    empty: str,
    other_empty: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = 'sonla test\'s "reader"'
    quoted = '"' + role.replace('"', '""') + '"'
    ask(register, f"create role {quoted}")
    try:
        ask(register, f"grant select, insert on published_reports to {quoted}")
        ask(
            register,
            f"alter default privileges in schema public grant select on tables to {quoted}",
        )
        assert sonla("backup", str(file)).code == 0
        monkeypatch.setenv("SONLA_DATABASE_URL", empty)
        assert "rights of" not in sonla("restore", str(file)).err
        for right, has in (("select", True), ("insert", True), ("update", False)):
            asked = (
                f"select has_table_privilege($role${role}$role$, 'published_reports', '{right}')"
            )
            assert ask(empty, asked) is has
        ask(empty, "create table later ()")
        assert ask(empty, f"select has_table_privilege($role${role}$role$, 'later', 'select')")
        granted = (
            "select string_agg(distinct privilege_type, ' ') from pg_class, aclexplode(relacl)"
            " where relname = 'published_reports' and grantee = relowner"
        )
        assert not {"UPDATE", "DELETE", "TRUNCATE"} & set(ask(empty, granted).split())
    finally:
        for url in (register, empty):
            ask(url, f"drop owned by {quoted}")
        ask(register, f"drop role {quoted}")
    monkeypatch.setenv("SONLA_DATABASE_URL", other_empty)
    said = f"the rights of {role} were left out: there is no such role here"
    assert said in sonla("restore", str(file)).err
    archive = Archive(file, find_clients(None, 15)[-1].folder / "pg_restore")
    statements, missing = archive.rights(set(), 15)
    assert missing == {role}
    assert statements
    assert not [it for it in statements if "MAINTAIN" in it or role in it]


def test_settings_that_an_older_server_does_not_know_are_left_out() -> None:
    known = b"-- a dump\n\n\\restrict x\nSET known = 0;\n"
    rest = b"CREATE TABLE t ();\nCOPY t FROM stdin;\nSET unknown = 0;\n\\.\n"
    flow = restoring._Flow(None, None, {b"known"}, "")
    passed = b"".join(flow._pieces(io.BytesIO(known + b"SET unknown = 0;\n" + rest)))
    assert passed == known + rest
    assert b"".join(flow._pieces(io.BytesIO(known))) == known


def test_the_password_stands_in_no_command_line() -> None:
    given = "postgresql+asyncpg://o'neil:geheim@[::1]:5433/s%20l?ssl=require&application_name=a\\b"
    told = programs.conninfo(given)
    assert told == (
        "host='::1' port='5433' user='o\\'neil' dbname='s l' application_name='a\\\\b'"
        " sslmode='require'"
    )
