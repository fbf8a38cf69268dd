"""Rules that hold for every route, every table and every body of the house, stated once."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel
from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import JSONB

import sonla_api
from scripts.lines import PAGE, table
from sonla_api.identity.permissions import EVERY, RESOURCES
from sonla_api.kit.mentions import Mention
from sonla_api.kit.model import Model, Resource
from sonla_api.kit.schema import Body, ResourceBody
from sonla_api.kit.steps import Step
from sonla_api.main import create_app
from sonla_api.settings import Settings
from sonla_api.sources.models import Source
from tests.conftest import Connection
from tests.routes import API, MINE, OPERATIONS, described

SOURCE = Path(sonla_api.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
FEATURES = {*RESOURCES, "dossiers", "workloads"}
VERBS = {
    "list",
    "get",
    "create",
    "update",
    "delete",
    "transition",
    "summarize",
    "follow",
    "merge",
    "resolve",
    "search",
}
ROUTES: list[RouteContext] = [
    route
    for route in iter_route_contexts(
        create_app(Settings(database_url="postgresql://nobody@localhost/none")).routes
    )
    if str(route.path).startswith("/api/v1/")
]


def doors(route: RouteContext) -> list[str]:
    found = [getattr(d.call, "permission", None) for d in route.dependant.dependencies]
    return [permission for permission in found if permission]


def test_every_route_has_one_door() -> None:
    assert len(ROUTES) == len(API)
    for route in ROUTES:
        assert len(doors(route)) == 1, route.path
        assert set(doors(route)) <= EVERY, route.path


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {permission for route in ROUTES for permission in doors(route)}
    by_hand = {
        "records:administer",
        "agreements:approve",
        "assignments:approve",
        "delegations:approve",
        "projects:approve",
        "reports:approve",
    }
    assert asked | by_hand == EVERY


def test_operation_ids_are_verb_and_noun() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))
    for name in names:
        assert re.fullmatch("[a-z]+(_[a-z]+)+", name), name
        assert name.partition("_")[0] in VERBS, name


def test_every_operation_is_explained_in_one_sentence() -> None:
    for operation in OPERATIONS:
        sentence = operation.about["description"]
        assert sentence.endswith("."), operation
        assert "\n" not in sentence, operation
        assert ". " not in sentence, operation
        assert sentence[0].isupper(), operation


def test_one_word_for_one_resource() -> None:
    for operation in API:
        resource = operation.path.split("/")[3].removesuffix(".ics")
        if operation in MINE:
            # The first word says whose they are.
            resource = {"work": "assignments", "calendar-keys": "calendar"}[
                operation.path.split("/")[4]
            ]
        assert operation.about["tags"] == [resource], operation
        assert resource.replace("-", "_") in RESOURCES, operation
        package = SOURCE / resource.replace("-", "_")
        assert package.is_dir(), operation
    for model in Resource.__subclasses__():
        assert model.__module__ == f"sonla_api.{model.__tablename__}.models"
        assert f"{model.__tablename__}:read" in EVERY
        assert f"{model.__tablename__}:write" in EVERY


@pytest.mark.parametrize("model", Resource.__subclasses__(), ids=lambda model: model.__tablename__)
async def test_the_triggers_of_a_resource_know_its_columns(
    database: "Connection[Any]", model: type[Resource]
) -> None:
    """What a trigger is told in the migration is what the model says."""
    rows = await database.fetch(
        "select p.proname as name, t.tgargs as arguments, t.tgenabled as mode from pg_trigger t"
        " join pg_proc p on p.oid = t.tgfoid where tgrelid = $1::regclass and not tgisinternal",
        model.__tablename__,
    )
    told = {row["name"]: row["arguments"].decode().split("\x00")[:-1] for row in rows}
    for function in ("record_change", "keep_version", "keep_mentions", "forget_mentions"):
        assert function in told, f"the migration makes no trigger {function}: migrating.triggers"
    assert {row["mode"] for row in rows} == {b"O"}
    assert told["record_change"] == list(model.derived)
    assert told["keep_version"] == list(model.derived)
    cited = [f"{field}:{member}" for field, members in model.cites.items() for member in members]
    assert sorted(told["keep_mentions"]) == sorted(cited)
    if "parent_id" in model.__table__.c:
        assert "refuse_cycle" in told


async def test_every_column_of_mentions_is_written(database: "Connection[Any]") -> None:
    written = await database.fetchval("select pg_get_functiondef('keep_mentions'::regproc)")
    columns = [c.name for c in Mention.__table__.c if c.foreign_keys]
    assert columns
    for name in columns:
        assert f"case named.member when '{name}' then named.id end" in written


@pytest.mark.parametrize("model", Resource.__subclasses__(), ids=lambda model: model.__tablename__)
def test_computed_columns_are_named_as_derived(model: type[Resource]) -> None:
    computed = {column.name for column in model.__table__.c if column.computed is not None}
    assert computed <= set(model.derived)  # the others are kept by triggers
    for name in model.cites:
        assert isinstance(model.__table__.c[name].type, JSONB)
    assert model.internal <= set(model.__table__.c.keys())
    assert Resource.internal <= model.internal


def test_relationships_are_not_loaded_by_the_way() -> None:
    for mapper in Model.registry.mappers:
        assert list(inspect(mapper.class_).relationships) == []


def bodies() -> Iterator[type[BaseModel]]:
    """Every model that a request is read into, and those inside them."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [
        field.field_info.annotation for r in ROUTES for field in r.dependant.body_params
    ]
    while waiting:
        annotation = waiting.pop()
        waiting += get_args(annotation)
        if (
            isinstance(annotation, type)
            and issubclass(annotation, BaseModel)
            and annotation not in seen
        ):
            seen.add(annotation)
            waiting += [field.annotation for field in annotation.model_fields.values()]
            yield annotation


BODIES = list(bodies())
WRONG: list[Any] = [True, 0, 1, -1, 1.0, 1.5, 1e308, "1", "0", "true", "", [], {}, [1], {"a": 1}]


def test_bodies_are_found() -> None:
    assert {"DelegationUpdate", "MemberBody", "CostPatch", "LocalizedText", "Money"} <= {
        body.__name__ for body in BODIES
    }
    assert all(
        issubclass(body, Body) or body.__module__.startswith("sonla_api.kit") for body in BODIES
    )


def test_no_body_writes_what_the_service_owns() -> None:
    """The version of a record and who wrote it when, by any body; its id, by its own."""
    owned = {"version", "created_at", "created_by", "updated_at", "updated_by"}
    assert owned <= set(Source.__table__.c.keys())
    for body in BODIES:
        own = {"id"} if issubclass(body, ResourceBody) else set()
        assert not (owned | own) & set(body.model_fields), body


def test_every_field_of_a_body_is_strict() -> None:
    """What is taken comes out as it went in: no text for a number, no number for a day."""
    for body in BODIES:
        assert body.model_config.get("extra") == "forbid", body
        for name, value in product(body.model_fields, WRONG):
            try:
                taken = body.__pydantic_validator__.validate_assignment(
                    body.model_construct(), name, value
                )
            except ValueError:
                continue
            kept = getattr(taken, name)
            if isinstance(kept, BaseModel):
                kept = kept.model_dump(exclude_unset=True)
            assert kept == value, (body, name, value)
            if not (type(kept) is int and type(value) is float):  # 1.0 is a whole number of JSON
                assert type(kept) is type(value), (body, name, value)


SETTINGS = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text())


CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]


def test_files_have_the_names_of_the_vocabulary() -> None:
    """What a feature alone has besides is placed by a contract of its own."""
    for feature in FEATURES:
        placed = {
            re.sub("[() ]", "", name)
            for rule in CONTRACTS
            if rule.get("exhaustive") and f"sonla_api.{feature}" in rule["containers"]
            for layer in rule["layers"]
            for name in layer.split("|")
        }
        others = {path.stem for path in (SOURCE / feature).glob("*.py")} - placed - {"__init__"}
        assert not others, f"{feature}: {others} stand in no contract of pyproject.toml"


def test_the_page_says_in_which_direction_imports_point() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    layers = " → ".join(CONTRACTS[0]["layers"])
    assert f"**One direction.** `{layers}`" in page


def test_every_feature_has_its_place_in_the_contracts() -> None:
    """A contract cannot ask for a container that nobody named."""
    layered = {it for rule in CONTRACTS if rule.get("exhaustive") for it in rule["containers"]}
    for feature in FEATURES:
        name = f"sonla_api.{feature}"
        assert name in layered, f"{name} is in no contract on what is inside a feature"
    (no_sql,) = (rule for rule in CONTRACTS if "sqlalchemy" in rule.get("forbidden_modules", []))
    for path in SOURCE.glob("*/lifecycle.py"):
        name = f"sonla_api.{path.parent.name}.lifecycle"
        is_known = path.parent.name == "kit" or name in no_sql["source_modules"]
        assert is_known, f"{name} is not in the contract on SQL"


def test_the_page_says_how_large_each_package_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert table() in page, "make format writes the table of lines anew"


WIRING = {"create_app", "connect", "_parser"}
"""They say one thing after another, and nothing of it twice."""


def test_files_and_functions_are_short() -> None:
    for path in FILES:
        lines = path.read_text().splitlines()
        assert len(lines) <= 300, path
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                most = 60 if node.name in WIRING else 40
                assert (node.end_lineno or 0) - node.lineno < most, (path, node.name)


A_MARK = re.compile(
    r"# (?:noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*"
    r"|type: ignore\[[a-z, -]+\]|pragma: no cover|fmt: \w+)(?P<why>.*)"
)


@pytest.mark.parametrize(
    "folder",
    ["src", "tests", "migrations", "scripts", "bench", "torture", "hostile", "tools/clients"],
)
def test_every_mark_has_its_reason_beside_it(folder: str) -> None:
    """Behind it, or before one that the formatter skips; of several lines, in the line above."""
    for path in (SOURCE.parents[1] / folder).rglob("*.py"):
        above = ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for mark in A_MARK.finditer(line):
                before = above if line == "# fmt: off" else line[: mark.start()]
                assert mark["why"] or "# " in before, f"{path}:{number}: say why it is needed"
            above = line


def test_only_the_database_commits() -> None:
    """And nothing else asks the time, so that tests can move it."""
    for path in FILES:
        if (
            path.parent.name in {"kit", *RESOURCES, "dossiers", "changes"}
            and path.name != "database.py"
        ):
            text = path.read_text()
            assert ".commit(" not in text, path
            assert ".begin(" not in text, path
            assert "datetime.now(" not in text, path
            assert "date.today(" not in text, path


def test_every_problem_is_told_in_two_languages() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Message"
                and len(node.args) == 2
            ):
                texts = [
                    ast.literal_eval(arg) for arg in node.args if isinstance(arg, ast.Constant)
                ]
                if len(texts) == 2:
                    fields = [sorted(re.findall(r"{(\w+)}", text)) for text in texts]
                    assert fields[0] == fields[1], (path, texts)


def test_steps_are_for_whoever_sees_the_record() -> None:
    assert Step.internal == {"actor_id"}
    assert get_origin(Step.__table_args__) is None
    assert "Problem" in described["components"]["schemas"]
