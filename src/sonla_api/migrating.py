"""Where the migrations stand, and what they share."""

import re
from collections.abc import Mapping, Sequence
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


def tally(
    table: str,
    days: str,
    by: Mapping[str, str],
    sums: Mapping[str, str] | None = None,
    part_of: tuple[str, str] | None = None,
) -> list[str]:
    """The functions and triggers that keep counts of a table by month: see `kit.tallies`.

    `by` and `sums`: columns of the tally with what they hold of a record `r`, or of the record `w`
    that `part_of` names, by its table and the foreign key to it.
    """
    told = sums or {}
    groups = [*by, "days", "is_whole"]
    at = f"r.{days}"
    of_days = [f"public.months_of({at})", f"coalesce({at} = public.months_of({at}), true)"]
    whole, reference = part_of or ("", "")
    held = f"perform from public.{whole} where id in ({{}}) order by id for no key update;"
    before, after = (f"select {reference} from {rows}" for rows in ("before", "after"))  # noqa: S608
    counted = ["records", *told]
    parts = {
        "table": table,
        "names": ", ".join([*groups, *counted]),
        "groups": ", ".join(groups),
        "values_after": ", ".join([*by.values(), *of_days, "1", *told.values()]),
        "values_before": ", ".join(
            [*by.values(), *of_days, "-1", *(f"-{it}" for it in told.values())]
        ),
        "totals": ", ".join(f"coalesce(sum({name}), 0)" for name in counted),
        "zeros": ", ".join("0" for _ in counted),
        "added": ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in counted),
        "joined": f"join public.{whole} as w on w.id = r.{reference}" if whole else "",
        "part_of": reference,
        "hold_before": held.format(before) if whole else "",
        "hold_after": held.format(after) if whole else "",
        "hold_both": held.format(f"{before} union {after}") if whole else "",
    }
    functions = ["fold_tally", "keep_tally", "recount_tally", *(["follow_tally"] if whole else [])]
    texts = [(PACKAGE / "kit/sql" / f"{name}.sql").read_text() for name in functions]
    made = [re.sub("(?m)^ +\n", "", text.format(**parts)) for text in texts]
    keep = [
        f"create trigger keep_tally_{moment} after {moment} on {table} referencing "
        f"{'old table as before ' if moment != 'insert' else ''}"
        f"{'new table as after ' if moment != 'delete' else ''}"
        f"for each statement execute function public.keep_tally_of_{table}()"
        for moment in ("insert", "update", "delete")
    ]
    follow = (
        f"create trigger follow_tally_of_{table} after update on {whole} referencing "
        "old table as before new table as after for each statement "
        f"execute function public.follow_tally_of_{table}()"
    )
    return [*made, *keep, *([follow] if whole else []), f"select recount_tally_of_{table}()"]
