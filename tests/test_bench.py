"""The benchmark is run by hand and seldom; what it rests on is looked at here, so it cannot rot."""

from collections import defaultdict
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from bench import database as records
from bench.load import ITEM, LIST, Jobs, delegation
from bench.node_peers import PEERS
from bench.servers import Server
from sonla_api.delegations.schemas import DelegationView
from sonla_api.kit.model import Model
from tests import factories
from tests.conftest import Connection

MODULES = sorted(
    ".".join(path.with_suffix("").parts)
    for folder in (Path("bench"), Path("bench/peers"))
    for path in folder.glob("[a-z]*.py")
)
SIZES = {
    "delegations": 60,
    "partners": 30,
    "links": 10,
    "documents": 24,
    "tasks": 300,
    "projects": 9,
}
JOBS = Jobs(["1", "2"], delegation(["a", "b", "c"], ["d", "e"]))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the peers are started with."""
    about = {"OWNER": str(uuid4()), "VERBS": "{}", "MINE": "", "URL": "postgresql://x"}
    for name, value in about.items():
        monkeypatch.setenv(f"BENCH_{name}", value)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_imported(module: str, told: None) -> None:
    import_module(module)


def test_peers_show_what_the_service_shows(told: None) -> None:
    fields = set(DelegationView.model_fields)
    assert set(import_module("bench.peers.handwritten").shown(defaultdict(lambda: None))) == fields
    assert set(import_module("bench.peers.usual_schemas").DelegationPublic.model_fields) == fields


async def test_peers_know_the_tables(told: None, database: "Connection[Any]") -> None:
    for table in import_module("bench.peers.usual_models").Base.metadata.tables.values():
        assert {*table.c.keys()} <= {*Model.metadata.tables[table.name].c.keys()}
    statements = import_module("bench.peers.sql")
    for name in ("LIST", "UNDATED", "ITEM", "VERSION", "CREATE"):
        await database.prepare(getattr(statements, name))
    known = await database.fetch(
        "select proname from pg_proc where prorettype = 'trigger'::regtype"
    )
    assert {*records.NOT_OF_PEERS} <= {name for (name,) in known}


@pytest.fixture
async def filled(database: "Connection[Any]") -> AsyncIterator["Connection[Any]"]:
    """The records of the benchmark, few of them, until the transaction is taken back."""
    transaction = database.transaction()
    await transaction.start()
    for statement in records.filling(SIZES):
        await database.execute(statement)
    await database.execute("set session_replication_role = origin")
    yield database
    await transaction.rollback()


KEPT = {
    "delegations": "taking_part",
    "plans": "taking_part",
    "projects": "taking_part",
    "tasks": "lead_agency_id, assigned_on, done_on, withdrawn_on, extended_to, percent, subtasks,"
    " taking_part",
    "assignments": "due_on, percent, taking_part",
    "mentions": "resource, record_id, field, source_id, agency_id, partner_id, document_id",
    "document_links": "document_id, kind, target_id, document_visibility, target_visibility",
}
"""What triggers keep, which are off while the records are written."""


async def test_what_triggers_keep_is_filled_as_they_would(filled: "Connection[Any]") -> None:
    async def kept() -> dict[str, list[Any]]:
        said = {
            table: await filled.fetch(f"select {columns} from {table}")
            for table, columns in KEPT.items()
        }
        return {table: sorted(map(repr, rows)) for table, rows in said.items()}

    before = await kept()
    assert all(before.values())
    for table, fields in (
        ("documents", "links"),
        ("delegations", "sources, partners, programme, members"),
        ("projects", "participants"),
    ):
        names = fields.split(", ")
        empty = ", ".join(f"{name} = '[]'" for name in names)
        again = ", ".join(f"{name} = was.{name}" for name in names)
        await filled.execute(
            f"create temporary table was on commit drop as select id, {fields} from {table};"
            f"update {table} set {empty};"
            f"update {table} set {again} from was where was.id = {table}.id; drop table was"
        )
    await filled.execute("update assignments set note = 'x'")
    assert await kept() == before


async def test_what_is_asked_for_is_there(api: AsyncClient) -> None:
    agency = await factories.made(api, "/agencies", factories.agency())
    partner = await factories.made(api, "/partners", factories.partner())
    body = delegation([agency["id"]] * 3, [partner["id"]] * 2)
    made = await api.post("http://test/api/v1/delegations", content=body, headers=JSON)
    assert made.status_code == 201, made.text
    for path in (LIST, ITEM + made.json()["id"]):
        assert (await api.get(f"http://test{path}")).status_code == 200


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("job", ["list", "one", "create"])
def test_each_server_is_asked_the_same_jobs(job: str) -> None:
    mine = Server("sonla-api", 1, 1, {"Authorization": "Bearer x"})
    theirs = [Server(n, 1, 1, {}, peer._scripts(JOBS.body)) for n, peer in PEERS.items()]
    for server in (mine, *theirs):
        script = JOBS.script(job, server)
        assert script.count("function request()") == 1
        assert "{{" not in script.replace("{{id", "")
