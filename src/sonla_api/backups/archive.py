"""A file that pg_dump made of a register: what it is, and who had which rights."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sonla_api.backups.programs import BackupError
from sonla_api.migrating import revisions

MAGIC = b"PGDMP"  # what pg_dump's custom format begins with
MAINTAINED = 17  # the first version with the right MAINTAIN
_REVISION = re.compile(r"^COPY public\.alembic_version .*\n(\w+)$", re.MULTILINE)
_OWNER = re.compile(r"^\d+; \d+ \d+ TABLE public alembic_version (.*)$", re.MULTILINE)
_RIGHTS = re.compile(r"^\d+; \d+ \d+ (?:DEFAULT )?ACL .*\n", re.MULTILINE)
_RIGHT = re.compile(r"^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) .*;$", re.MULTILINE)
_MAINTAIN = re.compile(r",MAINTAIN\b|\bMAINTAIN,")
_ROLE = re.compile(r'\b(FOR ROLE|TO|FROM) ("(?:[^"]|"")+"|[\w$]+)')


@dataclass(frozen=True)
class Archive:
    """The file, and the pg_restore that reads it."""

    file: Path
    pg_restore: Path

    def refuse_strange(self) -> None:
        """BackupError where it is no backup of a register, or of one newer than this version."""
        try:
            with self.file.open("rb") as opened:
                is_archive = opened.read(len(MAGIC)) == MAGIC
        except OSError as error:
            raise BackupError(f"{self.file} cannot be read: {error.strerror}") from None
        if not is_archive:
            raise BackupError(f"{self.file} is no backup: `sonla backup` did not make it")
        found = _REVISION.search(self._told("--data-only", "--table=alembic_version", "--file=-"))
        if not found:
            raise BackupError(f"{self.file} is a dump of PostgreSQL, but not of a sonla-api")
        if found[1] not in revisions():
            raise BackupError(
                f"{self.file} was made by a newer sonla-api ({found[1]}): install that one"
            )

    def rights(self, roles: set[str], major: int) -> tuple[list[str], set[str]]:
        """The statements that give these roles their rights of before on a server of this version,
        and the roles that had some and are not among them. Who restores gets the owner's.
        """
        statements, missing = [], set[str]()
        for statement in _RIGHT.findall(self._rights):
            unknown = {_plain(it[1]) for it in _ROLE.findall(statement)} - roles - self._owners
            missing |= unknown
            if not unknown:
                known = statement if major >= MAINTAINED else _MAINTAIN.sub("", statement)
                statements.append(_ROLE.sub(self._as_owner, known))
        return statements, missing

    @cached_property
    def _contents(self) -> str:
        return self._told("--list")

    @cached_property
    def _owners(self) -> set[str]:
        """Whom everybody and the owner are called in rights."""
        return {"PUBLIC", *_OWNER.findall(self._contents)}

    @cached_property
    def _rights(self) -> str:
        listed = "".join(_RIGHTS.findall(self._contents))
        return self._told("--no-owner", "--use-list=/dev/stdin", "--file=-", given=listed)

    def _as_owner(self, found: "re.Match[str]") -> str:
        role = _plain(found[2])
        is_owner = role in self._owners and role != "PUBLIC"
        return f"{found[1]} CURRENT_USER" if is_owner else found[0]

    def _told(self, *options: str, given: str = "") -> str:
        done = subprocess.run(  # noqa: S603  # PostgreSQL's own program
            [self.pg_restore, *options, self.file],
            env=os.environ | {"LC_ALL": "C"},  # so that what it says is known
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            why = done.stderr.removeprefix("pg_restore: error: ").partition("\n")[0]
            newer = "; newer programs may read it" if "version" in why else ""
            raise BackupError(f"{self.file} cannot be read: {why}{newer}")
        return done.stdout


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
