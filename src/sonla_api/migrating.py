"""Where the migrations stand, and what they share."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config

CITED = ("sources:source_id",)
PACKAGE = Path(str(files("sonla_api")))
_REVISION = re.compile(r'^revision = "(\w+)"\ndown_revision = (?:"(\w+)"|None)$', re.MULTILINE)


def folder() -> Path:
    """The migrations: at the top of a checkout, inside an installed package."""
    checkout = PACKAGE.parents[1] / "migrations"
    return checkout if checkout.is_dir() else PACKAGE / "migrations"


def alembic_config(database_url: str = "") -> "Config":
    """What alembic needs to know of this database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


@cache
def revisions() -> tuple[str, ...]:
    """Every migration, the newest first.

    Read from the files: alembic costs a serving process 11 MB, and only migrating needs it.
    """
    found = [_REVISION.search(file.read_text()) for file in folder().glob("versions/*.py")]
    above = {match[2]: match[1] for match in found if match}
    ordered: list[str] = []
    last: str | None = None
    while last := above.get(last):
        ordered.insert(0, last)
    return tuple(ordered)


def newest() -> str | None:
    """The migration that this version of the service stands at."""
    return next(iter(revisions()), None)


def triggers(table: str, derived: Sequence[str] = (), cited: Sequence[str] = CITED) -> list[str]:
    """What every table of a resource gets: versions kept, references as rows, the change log.

    `derived`: columns that the database computes; `cited`: JSON fields with references in them.
    """
    return [
        trigger(table, "keep_version", "before update", *derived),
        trigger(table, "keep_mentions", "after insert or update", *cited),
        trigger(table, "forget_mentions", "before delete"),
        trigger(table, "record_change", "after insert or update or delete", *derived),
    ]


def trigger(table: str, function: str, moment: str, *arguments: str, when: str = "true") -> str:
    """The statement that makes one trigger, named after its function."""
    given = ", ".join(f"'{argument}'" for argument in arguments)
    return (
        f"create trigger {function} {moment} on {table} for each row when ({when}) "
        f"execute function public.{function}({given})"
    )
