"""Who sees and who writes which record, through every way to read."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests import factories
from tests.conftest import Connection
from tests.routes import LISTS, READS

ANY = {"if-match": "*"}
ALL = (
    "sources agencies partners documents agreements partner_relations delegations events projects"
    " transactions plans tasks assignments progress_reports evidence sites notices"
    " notice_acknowledgements indicators observations reports compliance_rules"
)
READ = " ".join(f"{resource}:read" for resource in ALL.split()) + " changes:read"
WRITE = READ + " " + " ".join(f"{resource}:write" for resource in ALL.split())


class Tree(NamedTuple):
    """A province with two departments, one of which has an office below it."""

    province: AsyncClient
    department: AsyncClient
    office: AsyncClient
    sibling: AsyncClient
    nowhere: AsyncClient
    """A key without an agency."""
    ids: dict[str, str]
    above_all: AsyncClient
    """An administrator."""
    database: "Connection[Any]"

    @property
    def clients(self) -> dict[str, AsyncClient]:
        others = {"ids", "above_all", "database"}
        return {name: value for name, value in self._asdict().items() if name not in others}


@pytest.fixture
async def tree(api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]") -> Tree:
    ids: dict[str, str] = {}
    for key, above in (
        ("province", None),
        ("department", "province"),
        ("office", "department"),
        ("sibling", "province"),
    ):
        body = factories.agency(key=key, parent_id=above and ids[above])
        ids[key] = (await factories.made(api, "/agencies", body))["id"]
    clients = {key: await as_actor(WRITE, agency=key) for key in ids}
    return Tree(**clients, nowhere=await as_actor(WRITE), ids=ids, above_all=api, database=database)


async def seen_by(clients: dict[str, AsyncClient], address: str) -> set[str]:
    found = set()
    for name, client in clients.items():
        answer = await client.get(address)
        assert answer.status_code in (200, 404)
        path, _, id_ = address.rpartition("/")
        listed = (await client.get(path, params={"limit": 200})).json()["items"]
        is_listed = id_ in {record["id"] for record in listed}
        assert is_listed == (answer.status_code == 200), (name, address)
        if is_listed:
            found.add(name)
    return found


async def test_who_sees_what(tree: Tree, api: AsyncClient, stranger: AsyncClient) -> None:
    clients = {**tree.clients, "administrator": api, "stranger": stranger}
    expected = {
        "public": set(clients),
        "internal": set(clients) - {"stranger"},
        "agency": {"province", "department", "administrator"},
    }
    for visibility, readers in expected.items():
        for path, body in (
            ("/sources", factories.source()),
            ("/agencies", factories.agency()),
            ("/partners", factories.partner()),
            ("/delegations", factories.delegation()),
            ("/documents", factories.document()),
            ("/events", factories.event()),
            ("/projects", factories.project()),
            ("/agreements", factories.agreement()),
            ("/sites", factories.site()),
            ("/notices", factories.notice()),
            ("/indicators", factories.indicator(f"i.{visibility}")),
        ):
            made = await factories.made(tree.department, path, body | {"visibility": visibility})
            assert made["owner_agency"]["id"] == tree.ids["department"]
            assert await seen_by(clients, f"{path}/{made['id']}") == readers, (path, visibility)


async def test_who_takes_part_sees_it(tree: Tree, api: AsyncClient, stranger: AsyncClient) -> None:
    """Members, those consulted, the lead, and agencies above them; no longer once they are out."""
    clients = {**tree.clients, "administrator": api, "stranger": stranger}
    owners = {"province", "department", "administrator"}
    office, sibling = tree.ids["office"], tree.ids["sibling"]
    for part in (
        {"lead_agency_id": office},
        {"members": [{"name": "Lò Văn A", "agency_id": office}, {"name": "Cầm Thị B"}]},
        {"consultations": [{"agency_id": office}]},
    ):
        body = factories.delegation(visibility="agency", **part)
        made = await factories.made(tree.department, "/delegations", body)
        address = f"/delegations/{made['id']}"
        assert await seen_by(clients, address) == owners | {"office"}, part
        both = {"consultations": [{"agency_id": sibling}], "members": [], "lead_agency_id": None}
        answer = await tree.department.patch(address, json=both, headers=ANY)
        assert answer.status_code == 200
        assert await seen_by(clients, address) == owners | {"sibling"}, part


async def test_who_writes_what(tree: Tree, api: AsyncClient) -> None:
    """The owner, agencies above it, administrators, and keys without an agency."""
    writers = {"province", "department", "administrator", "nowhere"}
    made = await factories.made(tree.department, "/partners", factories.partner())
    address = f"/partners/{made['id']}"
    for name, client in {**tree.clients, "administrator": api}.items():
        answer = await client.patch(address, json={"note": name}, headers=ANY)
        if name in writers:
            assert answer.status_code == 200, name
        else:
            assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems/not-yours")
            assert (await client.delete(address, headers=ANY)).status_code == 403
    relation = await factories.made(
        tree.department, "/partner-relations", factories.relation(made["id"])
    )
    steps = f"/partner-relations/{relation['id']}/transitions"
    for client in (tree.office, tree.sibling):
        answer = await client.post(steps, json={"verb": "establish"}, headers=ANY)
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems/not-yours")
    assert (await tree.province.post(steps, json={"verb": "establish"}, headers=ANY)).is_success


async def test_who_takes_part_does_not_write(tree: Tree) -> None:
    body = factories.delegation(
        visibility="agency", consultations=[{"agency_id": tree.ids["office"]}]
    )
    made = await factories.made(tree.department, "/delegations", body)
    address = f"/delegations/{made['id']}"
    assert (await tree.office.get(address)).json()["verbs"] == []
    assert (await tree.office.patch(address, json={}, headers=ANY)).status_code == 403
    assert (await tree.sibling.patch(address, json={}, headers=ANY)).status_code == 404
    assert (await tree.department.get(address)).json()["verbs"] != []


async def test_a_record_without_an_owner(tree: Tree, api: AsyncClient) -> None:
    made = await factories.made(tree.nowhere, "/partners", factories.partner())
    assert made["owner_agency"] is None
    address = f"/partners/{made['id']}"
    for client in (tree.province, tree.department, tree.office):
        assert (await client.patch(address, json={"note": "x"}, headers=ANY)).status_code == 403
    for client in (tree.nowhere, api):
        assert (await client.patch(address, json={"note": "x"}, headers=ANY)).status_code == 200
    for client in (tree.nowhere, api):
        body = factories.partner(visibility="agency")
        answer = await client.post("/partners", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/owner_agency_id"


async def test_administrators_alone_give_a_record_away(tree: Tree, api: AsyncClient) -> None:
    own, other = tree.ids["department"], tree.ids["office"]
    for wanted, status in ((own, 201), (None, 201), (other, 403), (tree.ids["province"], 403)):
        body = factories.partner(owner_agency_id=wanted)
        answer = await tree.department.post("/partners", json=body)
        assert answer.status_code == status, wanted
        if status == 403:
            assert answer.json()["permission"] == "records:administer"
    made = await factories.made(tree.office, "/partners", factories.partner())
    address = f"/partners/{made['id']}"
    for client in (tree.province, tree.department, tree.office, tree.nowhere):
        for wanted in (tree.ids["province"], own, tree.ids["sibling"], None):
            body = {"owner_agency_id": wanted}
            answer = await client.patch(address, json=body, headers=ANY)
            assert answer.status_code == 403, wanted
        same = {"owner_agency_id": other, "note": "x"}
        assert (await client.patch(address, json=same, headers=ANY)).status_code == 200
    for wanted in (own, None, tree.ids["sibling"]):
        answer = await api.patch(address, json={"owner_agency_id": wanted}, headers=ANY)
        assert answer.status_code == 200
        shown = answer.json()["owner_agency"]
        assert (shown and shown["id"]) == wanted


@pytest.fixture
def in_2030(app: FastAPI) -> Iterator[None]:
    app.state.clock = lambda: datetime(2030, 6, 30, 17, 0, tzinfo=UTC)  # 1 July in the province
    yield
    app.state.clock = None


async def test_a_closed_agency_takes_no_new_records(
    tree: Tree, api: AsyncClient, app: FastAPI, in_2030: None
) -> None:
    kept = await factories.made(tree.office, "/partners", factories.partner())
    address = f"/agencies/{tree.ids['office']}"
    for day, status in (("2030-07-02", 201), ("2030-07-01", 422), ("2025-07-01", 422)):
        assert (await api.patch(address, json={"valid_to": day}, headers=ANY)).status_code == 200
        app.state.keyring._known.clear()
        for client, body in (
            (tree.office, factories.partner()),
            (api, factories.partner(owner_agency_id=tree.ids["office"])),
        ):
            answer = await client.post("/partners", json=body)
            assert answer.status_code == status, (day, answer.text)
            if status == 422:
                (error,) = answer.json()["errors"]
                assert (error["pointer"], error["code"]) == ("/owner_agency_id", "agency_closed")
    answer = await tree.office.patch(f"/partners/{kept['id']}", json={"note": "x"}, headers=ANY)
    assert answer.status_code == 200
    await factories.made(tree.department, "/partners", factories.partner())


async def test_references_to_what_one_may_not_see(tree: Tree) -> None:
    """Refused in the very words used for what does not exist."""
    hidden = {"visibility": "agency"}
    source = await factories.made(tree.department, "/sources", factories.source(**hidden))
    agency = await factories.made(tree.department, "/agencies", factories.agency(**hidden))
    partner = await factories.made(tree.department, "/partners", factories.partner(**hidden))
    paper = await factories.made(tree.department, "/documents", factories.document(**hidden))
    whole = await factories.made(tree.department, "/projects", factories.project(**hidden))
    measure = await factories.made(tree.department, "/indicators", factories.indicator(**hidden))

    accord = await factories.made(tree.department, "/agreements", factories.agreement(**hidden))
    known = (await factories.made(tree.department, "/partners", factories.partner("Known")))["id"]

    def naming(
        source_id: str,
        agency_id: str,
        partner_id: str,
        document_id: str,
        project_id: str,
        agreement_id: str,
        indicator_id: str,
    ) -> list[tuple[str, Any]]:
        return [
            ("/plans", factories.plan(document_id)),
            ("/projects", factories.project(parent_id=project_id)),
            ("/projects", factories.project(legal_basis=[{"document_id": document_id}])),
            ("/transactions", factories.transaction(project_id)),
            ("/observations", factories.observation(indicator_id)),
            ("/indicators", factories.indicator(f"i.{uuid4().hex}", parent_id=indicator_id)),
            ("/partners", factories.partner(parent_id=partner_id)),
            ("/partners", factories.partner(sources=[{"source_id": source_id}])),
            ("/agencies", factories.agency(parent_id=agency_id)),
            ("/agencies", factories.agency(successors=[{"agency_id": agency_id}])),
            ("/partner-relations", factories.relation(partner_id)),
            ("/delegations", factories.delegation(lead_agency_id=agency_id)),
            ("/delegations", factories.delegation(partners=[{"partner_id": partner_id}])),
            (
                "/delegations",
                factories.delegation(members=[{"name": "Lò Văn A", "agency_id": agency_id}]),
            ),
            ("/delegations", factories.delegation(consultations=[{"agency_id": agency_id}])),
            (
                "/delegations",
                factories.delegation(programme=[{"activity": "x", "partner_id": partner_id}]),
            ),
            ("/projects", factories.project(participants=[{"partner_id": partner_id}])),
            ("/events", factories.event(partners=[{"partner_id": partner_id}])),
            ("/events", factories.event(enterprises=[{"partner_id": partner_id}])),
            ("/projects", factories.project(participants=[{"agency_id": agency_id}])),
            ("/projects", factories.project(agreements=[{"agreement_id": agreement_id}])),
            ("/agreements", factories.agreement(parties=[{"partner_id": partner_id}])),
            ("/agreements", factories.agreement(renews_id=agreement_id)),
            (
                "/partner-relations",
                factories.relation(known, established_by={"agreement_id": agreement_id}),
            ),
        ]

    named = (source, agency, partner, paper, whole, accord, measure)
    real = naming(*(one["id"] for one in named))
    for (path, body), (_, unreal) in zip(real, naming(*[NOTHING] * len(named)), strict=True):
        refused = await tree.sibling.post(path, json=body)
        unknown = await tree.sibling.post(path, json=unreal)
        assert refused.status_code == unknown.status_code == 422, (path, body)
        assert refused.json()["errors"] == unknown.json()["errors"]
        assert (await tree.province.post(path, json=body)).status_code == 201, (path, body)


NOTHING = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"


async def test_an_ended_agency_that_one_may_not_see_is_not_told_of(tree: Tree) -> None:
    body = factories.agency(visibility="agency", valid_to="2025-07-01")
    hidden = await factories.made(tree.department, "/agencies", body)
    refused = [
        await tree.sibling.post("/delegations", json=factories.delegation(lead_agency_id=id_))
        for id_ in (hidden["id"], NOTHING)
    ]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert refused[0].json()["errors"] == refused[1].json()["errors"]
    known = await tree.department.post(
        "/delegations", json=factories.delegation(lead_agency_id=hidden["id"])
    )
    assert known.json()["errors"][0]["code"] == "agency_closed"


class Tied(NamedTuple):
    """A filter by id, a record that others may not see, and one that all see and that names it."""

    path: str
    parameter: str
    hidden: str
    naming: str


async def tied(tree: Tree) -> list[Tied]:
    """One of each filter by id that there is."""
    away, shown = {"visibility": "agency"}, {"visibility": "public"}
    agency = (await factories.made(tree.department, "/agencies", factories.agency(**away)))["id"]
    partner = (await factories.made(tree.department, "/partners", factories.partner(**away)))["id"]
    heir = (await factories.made(tree.department, "/agencies", factories.agency(**shown)))["id"]
    closed = factories.agency(**away, successors=[{"agency_id": heir}])
    ancestor = (await factories.made(tree.department, "/agencies", closed))["id"]
    found = [Tied("/agencies", "successors_of", ancestor, heir)]
    for path, parameter, hidden, body in (
        ("/agencies", "parent_id", agency, factories.agency(parent_id=agency)),
        ("/partners", "parent_id", partner, factories.partner(parent_id=partner)),
        ("/partner-relations", "partner_id", partner, factories.relation(partner)),
        ("/documents", "issuer_id", agency, factories.document(issuer_id=agency)),
        ("/delegations", "lead_agency_id", agency, factories.delegation(lead_agency_id=agency)),
        (
            "/delegations",
            "partner_id",
            partner,
            factories.delegation(partners=[{"partner_id": partner}]),
        ),
        ("/events", "partner_id", partner, factories.event(partners=[{"partner_id": partner}])),
        (
            "/events",
            "enterprise_id",
            partner,
            factories.event(enterprises=[{"partner_id": partner}]),
        ),
        (
            "/delegations",
            "member_agency_id",
            agency,
            factories.delegation(members=[{"name": "Lò Văn A", "agency_id": agency}]),
        ),
    ):
        made = await factories.made(tree.department, path, body | shown)
        found.append(Tied(path, parameter, hidden, made["id"]))
    found += await tied_to_work(tree, agency)
    found += await tied_agreements(tree, partner, agency)
    found += await tied_outreach(tree.department, agency)
    found += await tied_to_figures(tree)
    return [*found, *await tied_projects(tree, partner, agency)]


async def tied_agreements(tree: Tree, partner: str, agency: str) -> list[Tied]:
    """Those of agreements, and of what refers to them."""
    away, shown = {"visibility": "agency"}, {"visibility": "public"}
    paper = (await factories.made(tree.department, "/documents", factories.document(**away)))["id"]
    body = factories.agreement(commitments=[{"code": "1", "title": {"vi": "Mở tuyến xe"}}], **away)
    hidden = (await factories.made(tree.department, "/agreements", body))["id"]
    found: list[Tied] = []
    for parameter, of, named in (
        ("partner_id", partner, {"parties": [{"partner_id": partner}]}),
        ("agency_id", agency, {"parties": [{"agency_id": agency}]}),
        ("document_id", paper, {"documents": [{"document_id": paper}]}),
        ("renews_id", hidden, {"renews_id": hidden}),
    ):
        body = factories.agreement(**named, **shown)
        made = (await factories.made(tree.department, "/agreements", body))["id"]
        found.append(Tied("/agreements", parameter, of, made))
    body = factories.project(agreements=[{"agreement_id": hidden}], **shown)
    made = (await factories.made(tree.department, "/projects", body))["id"]
    found.append(Tied("/projects", "agreement_id", hidden, made))
    plan = await factories.a_plan(tree.department, **shown)
    body = factories.task(plan["id"], commitment={"agreement_id": hidden, "code": "1"}, **shown)
    task = (await factories.made(tree.department, "/tasks", body))["id"]
    found.append(Tied("/tasks", "agreement_id", hidden, task))
    piece = {"task_id": task, "agreement_id": hidden, **shown}
    made = (await factories.made(tree.department, "/evidence", piece))["id"]
    return [*found, Tied("/evidence", "agreement_id", hidden, made)]


async def tied_projects(tree: Tree, partner: str, agency: str) -> list[Tied]:
    """Those of projects and of their money."""
    away, shown = {"visibility": "agency"}, {"visibility": "public"}
    paper = (await factories.made(tree.department, "/documents", factories.document(**away)))["id"]
    whole = (await factories.made(tree.department, "/projects", factories.project(**away)))["id"]
    found: list[Tied] = []
    for parameter, hidden, named in (
        ("parent_id", whole, {"parent_id": whole}),
        ("document_id", paper, {"legal_basis": [{"document_id": paper}]}),
        ("partner_id", partner, {"participants": [{"partner_id": partner}]}),
        ("agency_id", agency, {"participants": [{"agency_id": agency}]}),
    ):
        body = factories.project(**named, **shown)
        made = (await factories.made(tree.department, "/projects", body))["id"]
        found.append(Tied("/projects", parameter, hidden, made))
        if parameter in {"partner_id", "agency_id"}:
            paid = factories.transaction(made, **shown)
            paid_id = (await factories.made(tree.department, "/transactions", paid))["id"]
            found.append(Tied("/transactions", f"project_{parameter}", hidden, paid_id))
    paid = factories.transaction(whole, **shown)
    made = (await factories.made(tree.department, "/transactions", paid))["id"]
    found.append(Tied("/transactions", "project_id", whole, made))
    open_ = (await factories.made(tree.department, "/projects", factories.project(**shown)))["id"]
    for side in ("provider", "receiver"):
        for kind, hidden in (("partner_id", partner), ("agency_id", agency)):
            paid = factories.transaction(open_, **{side: {kind: hidden}}, **shown)
            made = (await factories.made(tree.department, "/transactions", paid))["id"]
            found.append(Tied("/transactions", f"{side}_{kind}", hidden, made))
    return found


async def tied_outreach(own: AsyncClient, agency: str) -> list[Tied]:
    """Those of sites, and of what businesses are told."""
    away, shown = {"visibility": "agency"}, {"visibility": "public"}
    paper = (await factories.made(own, "/documents", factories.document(**away)))["id"]
    gate = (await factories.made(own, "/sites", factories.site(**away)))["id"]
    firm = (await factories.a_firm(own, **away))["id"]
    open_ = (await factories.a_firm(own, "Satoen", **shown))["id"]
    told = (await factories.a_sent_notice(own, **away))["id"]
    to_all = (await factories.a_sent_notice(own, **shown))["id"]
    to_it = {"is_to_all": False, "recipients": [{"partner_id": firm}]}
    found = []
    for path, parameter, hidden, body in (
        ("/sites", "managing_agency_id", agency, factories.site(managing_agency_id=agency)),
        ("/sites", "parent_id", gate, factories.site(parent_id=gate)),
        (
            "/sites",
            "document_id",
            paper,
            factories.site(status=[{"level": "main", "basis": {"document_id": paper}}]),
        ),
        ("/projects", "site_id", gate, factories.project(sites=[{"site_id": gate}])),
        ("/events", "site_id", gate, factories.event(sites=[{"site_id": gate}])),
        ("/notices", "partner_id", firm, factories.notice(**to_it)),
        ("/notices", "document_id", paper, factories.notice(documents=[{"document_id": paper}])),
        ("/notices", "replaces_id", told, factories.notice(replaces_id=told)),
        ("/notice-acknowledgements", "notice_id", told, factories.acknowledgement(told, open_)),
        ("/notice-acknowledgements", "partner_id", firm, factories.acknowledgement(to_all, firm)),
    ):
        made = await factories.made(own, path, body | shown)
        found.append(Tied(path, parameter, hidden, made["id"]))
    return found


async def tied_to_figures(tree: Tree) -> list[Tied]:
    away, shown = {"visibility": "agency"}, {"visibility": "public"}
    source = (await factories.made(tree.department, "/sources", factories.source(**away)))["id"]
    hidden = factories.indicator("i.hidden", **away)
    above = (await factories.made(tree.department, "/indicators", hidden))["id"]
    below = factories.indicator("i.below", parent_id=above, **shown)
    part = (await factories.made(tree.department, "/indicators", below))["id"]
    cites = {"sources": [{"source_id": source}]}
    figures = [
        (await factories.made(tree.department, "/observations", body))["id"]
        for body in (
            factories.observation(above, **shown),
            factories.observation(part, **cites, **shown),
        )
    ]
    return [
        Tied("/indicators", "parent_id", above, part),
        Tied("/observations", "indicator_id", above, figures[0]),
        Tied("/observations", "source_id", source, figures[1]),
    ]


async def tied_to_work(tree: Tree, agency: str) -> list[Tied]:
    """Those of plans, of their tasks, and of what belongs to these."""
    away, shown = {"visibility": "agency"}, {"visibility": "public"}

    async def new(path: str, body: Any) -> str:
        id_: str = (await factories.made(tree.department, path, body))["id"]
        return id_

    async def task(plan_id: str, **changed: Any) -> str:
        body = factories.task(plan_id, code=str(uuid4()), due=None, **changed)
        return await new("/tasks", body)

    paper, basis = [await new("/documents", factories.document(**away)) for _ in range(2)]
    plan = await new("/plans", factories.plan(paper, **shown))
    laid = await new("/documents", factories.document(**shown))
    body = factories.compliance_rule(legal_basis=[{"document_id": basis}], **shown)
    ruled = (await factories.made(tree.above_all, "/compliance-rules", body))["id"]
    secret = await new("/plans", factories.plan(laid, **away))
    resting = await task(plan, basis={"document_id": basis}, **shown)
    of_secret, above = await task(secret, **shown), await task(plan, **away)
    below = await task(plan, parent_id=above, **shown)
    rule = {"kind": "recurring", "rule": "FREQ=YEARLY;COUNT=1"}
    often = await new("/tasks", factories.task(plan, code="x", **away) | {"due": rule})
    listed = await tree.department.get("/tasks", params={"occurrence_of_id": often})
    once = listed.json()["items"][0]["id"]
    assert (await tree.department.patch(f"/tasks/{once}", json=shown, headers=ANY)).is_success
    heir = (await factories.made(tree.department, "/agencies", factories.agency(**shown)))["id"]
    led = await task(plan, **shown)
    of_hidden = await new("/assignments", factories.assignment(led, agency, **shown))
    of_plan = await new("/assignments", factories.assignment(of_secret, heir, **shown))
    of_task = await new("/assignments", factories.assignment(above, heir, **shown))
    hidden = await new("/assignments", factories.assignment(below, heir, **away))
    reports = {
        name: (
            await factories.made(
                tree.above_all, "/progress-reports", factories.progress_report(id_, **shown)
            )
        )["id"]
        for name, id_ in (("task", of_task), ("agency", of_hidden), ("assignment", hidden))
    }
    visit = await new("/delegations", factories.delegation(**away))
    fair = await new("/events", factories.event(**away))
    project = await tree.database.fetchval(
        "insert into projects (id, version, kind, title, state, visibility, owner_agency_id)"
        " values (gen_random_uuid(), 1, 'fdi', '{\"en\": \"P\"}', 'pipeline', 'agency', $1)"
        " returning id",
        tree.ids["department"],
    )
    pieces = {
        name: await new("/evidence", {"task_id": task_id, name: str(id_), **shown})
        for name, task_id, id_ in (
            ("delegation_id", led, visit),
            ("event_id", led, fair),
            ("project_id", led, project),
            ("document_id", led, basis),
        )
    }
    of_above = await new("/evidence", {"task_id": above, "document_id": laid, **shown})
    under_secret = await new("/evidence", {"task_id": of_secret, "document_id": laid, **shown})
    return [
        Tied("/plans", "document_id", paper, plan),
        Tied("/compliance-rules", "document_id", basis, ruled),
        Tied("/tasks", "plan_id", secret, of_secret),
        Tied("/tasks", "parent_id", above, below),
        Tied("/tasks", "occurrence_of_id", often, once),
        Tied("/tasks", "agency", agency, led),
        Tied("/tasks", "lead", agency, led),
        Tied("/tasks", "document_id", basis, resting),
        Tied("/assignments", "task_id", above, of_task),
        Tied("/assignments", "plan_id", secret, of_plan),
        Tied("/assignments", "agency_id", agency, of_hidden),
        Tied("/progress-reports", "assignment_id", hidden, reports["assignment"]),
        Tied("/progress-reports", "task_id", above, reports["task"]),
        Tied("/progress-reports", "agency_id", agency, reports["agency"]),
        Tied("/evidence", "task_id", above, of_above),
        Tied("/evidence", "plan_id", secret, under_secret),
        *(
            Tied("/evidence", name, str(id_), pieces[name])
            for name, id_ in (
                ("delegation_id", visit),
                ("event_id", fair),
                ("project_id", project),
                ("document_id", basis),
            )
        ),
    ]


async def test_filters_by_id_do_not_tell_of_what_one_may_not_see(
    tree: Tree, stranger: AsyncClient
) -> None:
    """The record that names it is there to be seen, its reference is null: nor may a guess tell."""
    every = await tied(tree)
    asked = {(one.path, one.parameter) for one in every}
    # A report is of the whole register and lists every agency; what it replaces was published.
    asked |= {("/reports", "issuer_id"), ("/reports", "replaces_id")}
    assert asked == {
        (operation.path.removeprefix("/api/v1"), parameter["name"])
        for operation in LISTS
        if operation.path != "/api/v1/data-quality"  # see tests/data_quality
        for parameter in operation.about["parameters"]
        if parameter["in"] == "query" and "uuid" in json.dumps(parameter["schema"])
    }
    for one in every:
        for client in (tree.sibling, tree.nowhere, stranger):
            shown = await client.get(f"{one.path}/{one.naming}")
            assert one.hidden not in shown.text
        several = [] if one.parameter == "successors_of" else [[one.hidden, NOTHING]]
        for wanted in (one.hidden, *several):
            params = {one.parameter: wanted, "count": "exact"}
            page = (await tree.department.get(one.path, params=params)).json()
            assert [record["id"] for record in page["items"]] == [one.naming], one
            for client in (tree.sibling, tree.nowhere, stranger):
                if client is stranger and one.parameter == "member_agency_id":
                    continue  # asked by nobody without a key
                page = (await client.get(one.path, params=params)).json()
                assert (page["items"], page["total"]) == ([], 0), one


async def test_the_history_does_not_name_what_one_may_not_see(
    tree: Tree, stranger: AsyncClient, api: AsyncClient
) -> None:
    """Null as in the record, with what else was said of it; once it is removed as well."""
    away = factories.source(visibility="agency")
    source = (await factories.made(tree.department, "/sources", away))["id"]
    stays = ("/progress-reports", "/evidence")  # nobody changes these
    every = [one for one in await tied(tree) if one.path not in stays]
    named = {f"{one.path}/{one.naming}": one.hidden for one in every}

    async def told(client: AsyncClient, address: str) -> str:
        return (await client.get(f"{address}/history")).text

    for address, hidden in named.items():
        cited = {"sources": [{"source_id": source, "locator": "page 3"}]}
        is_of_all = address.startswith("/compliance-rules/")  # written by administrators alone
        writer = tree.above_all if is_of_all else tree.department
        for patch in (cited, {"sources": []}):
            answer = await writer.patch(address, json=patch, headers=ANY)
            assert answer.status_code == 200, answer.text
        for client in (tree.sibling, tree.nowhere, stranger):
            text = await told(client, address)
            assert (hidden in text, source in text, "page 3" in text) == (False, False, True), (
                address
            )
    assert (await api.delete(f"/sources/{source}", headers=ANY)).status_code == 204
    for address in named:
        assert source in await told(tree.department, address)
        assert source in await told(api, address)
        assert source not in await told(tree.sibling, address)
        assert source not in await told(stranger, address)


FIGURES = {
    "/agreements": "signed",
    "/delegations": "delegations",
    "/events": "events",
    "/partner-relations": "relations",
    "/projects": "projects",
}


async def test_figures_by_id_do_not_tell_either(
    tree: Tree, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    every = await tied(tree)
    await database.execute("update delegations set state = 'recorded'")
    await database.execute("update events set state = 'recorded'")
    await database.execute("update agreements set state = 'signed'")
    await database.execute("update partner_relations set state = 'recorded'")
    for one in every:
        address = f"{one.path}/summary"
        if one.path not in FIGURES:
            continue  # others have no figures, or none that one asks for by an id
        if one.parameter not in {"partner_id", "enterprise_id", "lead_agency_id", "agency_id"}:
            continue
        for client, expected in ((tree.department, 1), (tree.sibling, 0), (stranger, 0)):
            total = (await client.get(address, params={one.parameter: one.hidden})).json()["total"]
            assert total[FIGURES[one.path]] == expected, one


async def test_a_parent_that_one_may_not_see_is_none(tree: Tree, stranger: AsyncClient) -> None:
    """In filters as in the record itself."""
    shown = {"visibility": "public"}
    whole = await factories.made(tree.department, "/partners", factories.partner("Whole"))
    part = await factories.made(
        tree.department, "/partners", factories.partner("Part", parent_id=whole["id"], **shown)
    )
    relation = await factories.made(
        tree.department, "/partner-relations", factories.relation(part["id"], **shown)
    )
    for path, parameter, made in (
        ("/partners", "has_parent", part),
        ("/partner-relations", "partner_has_parent", relation),
    ):
        for client, has_parent in ((tree.sibling, True), (stranger, False)):
            for asked in (True, False):
                params = {parameter: asked, "kind": made["kind"]}
                listed = (await client.get(path, params=params)).json()["items"]
                assert (made["id"] in {it["id"] for it in listed}) == (asked is has_parent), path


async def test_successors_are_followed_as_far_as_one_sees(
    tree: Tree, stranger: AsyncClient
) -> None:
    """Who may not see what came between is not told what came of it."""
    last = await factories.made(tree.department, "/agencies", factories.agency(visibility="public"))
    between = await factories.made(
        tree.department, "/agencies", factories.agency(successors=[{"agency_id": last["id"]}])
    )
    first = await factories.made(
        tree.department,
        "/agencies",
        factories.agency(visibility="public", successors=[{"agency_id": between["id"]}]),
    )
    for client, expected in ((tree.sibling, {between["id"], last["id"]}), (stranger, set())):
        answer = await client.get("/agencies", params={"successors_of": first["id"]})
        assert {agency["id"] for agency in answer.json()["items"]} == expected


INTERNAL = {
    "members": [{"name": "Lò Văn A"}],
    "consultations": [{"opinion": "Đồng ý với đề nghị"}],
    "invitation": [{"symbol": "12/THƯ-MỜI"}],
    "funding": "sponsor",
    "cost": {"planned": {"amount": "48151623.42", "currency": "USD"}},
}
SECRETS = ["Lò Văn A", "Đồng ý với đề nghị", "12/THƯ-MỜI", "sponsor", "48151623.42"]


async def test_internal_fields_by_every_way_to_read(
    tree: Tree, api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    """A public delegation shows a stranger neither these fields nor what they were before."""
    await database.execute(
        "update api_keys set name = 'Nguyễn Văn Khóa' where agency_id is not null"
    )
    body = dict(INTERNAL)
    body["consultations"] = [{"agency_id": tree.ids["office"], "opinion": "Đồng ý với đề nghị"}]
    made = await factories.made(
        tree.department, "/delegations", factories.delegation(visibility="public", **body)
    )
    address = f"/delegations/{made['id']}"
    changed = {"members": [], "cost": None, "funding": None, "invitation": [], "consultations": []}
    for patch in (changed, body, {"note": "x", "funding": "host"}):
        assert (await tree.department.patch(address, json=patch, headers=ANY)).status_code == 200
    step = await tree.department.post(
        f"{address}/transitions", json={"verb": "cancel"}, headers=ANY
    )
    assert step.status_code == 201
    for is_deleted in (False, True):
        if is_deleted:
            assert (await tree.department.delete(address, headers=ANY)).status_code == 204
        for operation in READS:
            resource = operation.path.split("/")[3]
            way = operation.at(made["id"] if resource == "delegations" else None)
            text = (await stranger.get(f"http://test{way}")).text
            for secret in [*SECRETS, "Nguyễn Văn Khóa"]:
                assert secret not in text, (operation, secret)
        known = (await api.get(f"{address}/history")).text
        for secret in [*SECRETS, "Nguyễn Văn Khóa"]:
            assert secret in known, secret
    history = (await stranger.get(f"{address}/history")).json()["items"]
    assert [change["action"] for change in history] == [
        "deleted",
        *["updated"] * 4,
        "created",
    ]
    named = {field["field"] for change in history for field in change["fields"]}
    assert not named & {*INTERNAL, "created_by", "updated_by"}
    assert all(change["actor"] is None for change in history)


async def test_counts_hold_only_what_is_seen(
    tree: Tree, api: AsyncClient, stranger: AsyncClient
) -> None:
    for visibility in ("public", "internal", "internal", "agency", "agency", "agency"):
        await factories.made(tree.department, "/partners", factories.partner(visibility=visibility))
    expected = [
        (stranger, 1),
        (tree.sibling, 3),
        (tree.department, 6),
        (tree.province, 6),
        (api, 6),
    ]
    for client, count in expected:
        answer = await client.get("/partners", params={"count": "exact", "limit": 1})
        assert answer.json()["total"] == count
        found = await client.get("/partners", params={"count": "exact", "q": "luang prabang"})
        assert found.json()["total"] == count


async def test_the_same_body_for_one_and_in_a_list(
    tree: Tree, stranger: AsyncClient, api: AsyncClient
) -> None:
    body = factories.delegation(visibility="public", lead_agency_id=tree.ids["office"])
    made = await factories.made(tree.department, "/delegations", body)
    for client in (tree.office, tree.department, stranger, api):
        one = (await client.get(f"/delegations/{made['id']}")).json()
        (listed,) = (await client.get("/delegations")).json()["items"]
        assert json.dumps(one) == json.dumps(listed)


async def test_a_key_without_an_agency_hides_nothing_from_itself(tree: Tree) -> None:
    """It would not see the record afterwards, so it may not make it its owner's alone."""
    made = await factories.made(tree.department, "/partners", factories.partner())
    address = f"/partners/{made['id']}"
    answer = await tree.nowhere.patch(address, json={"visibility": "agency"}, headers=ANY)
    assert answer.status_code == 404
    assert (await tree.nowhere.get(address)).json()["visibility"] == "internal"
