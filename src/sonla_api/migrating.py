"""Where the migrations stand, and what they share."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def triggers(
    table: str, derived: Sequence[str] = (), cited: Sequence[str] = CITED, *, is_tree: bool = False
) -> list[str]:
    """What every table of a resource gets: versions kept, references as rows, the change log.

    `derived`: columns that the database computes; `cited`: JSON fields with references in them;
    `is_tree`: whether records name those above them, which must be no circle.
    """
    moment, has_parent = "after insert or update of parent_id", "new.parent_id is not null"
    return [
        trigger(table, "keep_version", "before update", *derived),
        trigger(table, "keep_mentions", "after insert or update", *cited),
        trigger(table, "forget_mentions", "before delete"),
        trigger(table, "record_change", "after insert or update or delete", *derived),
        *([trigger(table, "refuse_cycle", moment, when=has_parent)] if is_tree else []),
    ]


def needed(model: Any) -> dict[str, Any]:
    """What `triggers` is told of the table of a resource."""
    cited = [f"{field}:{member}" for field, members in model.cites.items() for member in members]
    return {
        "table": model.__tablename__,
        "derived": [*model.derived],
        "cited": cited,
        "is_tree": "parent_id" in model.__table__.c,
    }


def with_triggers(resources: Collection[Any]) -> Callable[[Any, Any, Any], None]:
    """What alembic asks for the migration that it writes: a new table of a resource among these
    models gets its triggers with it.
    """
    from alembic.operations.ops import CreateTableOp, ExecuteSQLOp

    def add(_context: Any, _revision: Any, scripts: Any) -> None:
        up, down = scripts[0].upgrade_ops.ops, scripts[0].downgrade_ops.ops
        new = {operation.table_name for operation in up if isinstance(operation, CreateTableOp)}
        for model in resources:
            table = model.__tablename__
            if table in new:
                up.append(_operation()(model))
                forget = f"delete from mentions where resource = '{table}'"  # noqa: S608  a name of ours
                down.append(ExecuteSQLOp(forget))

    return add


@cache
def _operation() -> Any:
    """What makes the triggers of a table, as alembic writes it down."""
    from alembic.autogenerate import renderers
    from alembic.operations.ops import MigrateOperation

    class MakeTriggers(MigrateOperation):
        def __init__(self, model: Any) -> None:
            self.told = needed(model)

    @renderers.dispatch_for(MakeTriggers)
    def _written(context: Any, operation: MakeTriggers) -> list[str]:
        context.imports.add("from sonla_api.migrating import triggers")
        told = ", ".join(f"{name}={value!r}" for name, value in operation.told.items())
        return [f"for statement in triggers({told}):", "    op.execute(statement)"]

    return MakeTriggers


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
    parts = _parts(table, days, by, sums, part_of)
    functions = [
        "fold_tally",
        "keep_tally",
        "recount_tally",
        *(["follow_tally"] if part_of else []),
    ]
    texts = [(PACKAGE / "kit/sql" / f"{name}.sql").read_text() for name in functions]
    made = [re.sub("(?m)^ +\n", "", text.format(**parts)) for text in texts]
    of = f"_of_{table}"
    made += [for_all(table, "keep_tally", moment, of) for moment in ("insert", "update", "delete")]
    if part_of:
        fields = [it.removeprefix("w.") for it in by.values() if it.startswith("w.")]
        differs = " or ".join(f"old.{it} is distinct from new.{it}" for it in fields)
        made.append(trigger(part_of[0], f"follow_tally{of}", "after update", when=differs))
    return [*made, f"select recount_tally{of}()"]


def _parts(
    table: str,
    days: str,
    by: Mapping[str, str],
    sums: Mapping[str, str] | None,
    part_of: tuple[str, str] | None,
) -> dict[str, str]:
    told = sums or {}
    groups, counted = [*by, "days", "is_whole"], ["records", *told]
    at = f"r.{days}"
    of_days = [f"public.months_of({at})", f"coalesce({at} = public.months_of({at}), true)"]
    whole, reference = part_of or ("", "")
    before, after = (f"select {reference} from {rows}" for rows in ("before", "after"))  # noqa: S608  names of our own
    held = f"perform from public.{whole} where id in ({{}}) order by id for no key update;"

    def values(sign: str, w: str) -> str:
        shown = [it.replace("w.", f"{w}.") for it in by.values()]
        return ", ".join([*shown, *of_days, f"{sign}1", *(f"{sign}({it})" for it in told.values())])

    return {
        "table": table,
        "names": ", ".join([*groups, *counted]),
        "groups": ", ".join(groups),
        "values_after": values("", "w"),
        "values_before": values("-", "w"),
        "values_new": values("", "new"),
        "values_old": values("-", "old"),
        "totals": ", ".join(f"coalesce(sum({name}), 0)" for name in counted),
        "zeros": ", ".join("0" for _ in counted),
        "added": ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in counted),
        "joined": f"join public.{whole} as w on w.id = r.{reference}" if whole else "",
        "part_of": reference,
        "hold_before": held.format(before) if whole else "",
        "hold_after": held.format(after) if whole else "",
        "hold_both": held.format(f"{before} union {after}") if whole else "",
    }


def for_all(table: str, function: str, moment: str, of: str = "") -> str:
    """The statement that makes a trigger for all rows that a statement changed together."""
    before = "old table as before " if moment != "insert" else ""
    after = "new table as after " if moment != "delete" else ""
    return (
        f"create trigger {function}_{moment} after {moment} on {table} "
        f"referencing {before}{after}for each statement execute function public.{function}{of}()"
    )
