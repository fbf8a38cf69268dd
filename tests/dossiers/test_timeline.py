"""Everything done with a partner in the order of time, for whoever may see it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from sonla_api.dossiers.queries import DEEDS
from sonla_api.kit.cursors import seal
from sonla_api.kit.mentions import target_of
from sonla_api.kit.model import Resource
from tests.conftest import Connection
from tests.factories import agency, delegation, made, partner, relation
from tests.kit.test_records import counted

HERE = {"If-Match": "*"}
PUBLIC = {"visibility": "public"}


async def timeline(client: AsyncClient, record: Any, **query: Any) -> list[Any]:
    answer = await client.get(f"/partners/{record['id']}/timeline", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


async def project(
    database: "Connection[Any]", who: Any, period: str | None = None, visibility: str = "public"
) -> UUID:
    """A project with the partner as its donor, and a transaction that comes from it."""
    id_ = uuid4()
    await database.execute(
        "insert into projects (id, version, kind, title, participants, period, state, visibility)"
        " values ($1, 1, 'ngo_aid', $2::text::jsonb, $3::text::jsonb, to_jsonb($4::text),"
        " 'implementing', $5)",
        id_,
        '{"en": "Clean water", "vi": null, "lo": null}',
        f'[{{"partner_id": "{who["id"]}", "role": "funding"}}]',
        period,
        visibility,
    )
    return id_


async def payment(
    database: "Connection[Any]",
    project_id: UUID,
    side: str,
    who: Any,
    on: str | None,
    visibility: str,
) -> UUID:
    id_ = uuid4()
    await database.execute(
        f'insert into transactions (id, version, project_id, type, value, "on", {side}, visibility)'
        """ values ($1, 1, $2, 'incoming_funds', '{"amount": "1", "currency": "USD"}',"""
        " to_jsonb($3::text), $4::text::jsonb, $5)",
        id_,
        project_id,
        on,
        f'{{"partner_id": "{who["id"]}"}}',
        visibility,
    )
    return id_


async def much(api: AsyncClient, database: "Connection[Any]", who: Any) -> list[str]:
    """Something of each kind, the latest first."""
    of_it = [{"partner_id": who["id"]}]
    met = {"programme": [{"activity": "Talks", **of_it[0]}]}
    visits = [
        await made(api, "/delegations", delegation(when=when, **named, **PUBLIC))
        for when, named in (
            ("2025-03-01/2025-03-03", {"partners": of_it}),
            ("2024-H1", met | {"partners": of_it}),
            (None, met),
        )
    ]
    tie = await made(api, "/partner-relations", relation(who["id"], valid="2019/..", **PUBLIC))
    old = await made(
        api, "/partner-relations", relation(who["id"], kind="contact", valid="../2010", **PUBLIC)
    )
    aid = await project(database, who, "2024-Q4/2026")
    paid = await payment(database, aid, "provider", who, "2025-06-26", "public")
    given = await payment(database, aid, "receiver", who, "2018-05", "public")
    other = await made(api, "/partners", partner("Other"))
    await made(api, "/delegations", delegation(partners=[{"partner_id": other["id"]}], **PUBLIC))
    return [
        str(id_)
        for id_ in (
            paid,
            visits[0]["id"],
            aid,
            visits[1]["id"],
            tie["id"],
            given,
            old["id"],
            visits[2]["id"],
        )
    ]


async def test_everything_in_the_order_of_time(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    who = await made(api, "/partners", partner(**PUBLIC))
    expected = await much(api, database, who)
    for client in (api, stranger):
        found = await timeline(client, who)
        assert [item["id"] for item in found] == expected
        assert [(item["resource"], item["kind"], item["when"]) for item in found] == [
            ("transactions", "incoming_funds", "2025-06-26"),
            ("delegations", "outbound", "2025-03-01/2025-03-03"),
            ("projects", "ngo_aid", "2024-Q4/2026"),
            ("delegations", "outbound", "2024-H1"),
            ("partner_relations", "cooperation", "2019/.."),
            ("transactions", "incoming_funds", "2018-05"),
            ("partner_relations", "contact", "../2010"),
            ("delegations", "outbound", None),
        ]
        assert found[0]["title"] == found[2]["title"]  # a transaction is called as its project
        assert found[4]["title"] == who["name"]
        assert found[4]["href"] == f"/api/v1/partner-relations/{found[4]['id']}"
        visit = (await client.get(f"http://test{found[1]['href']}")).json()
        assert visit["title"] == found[1]["title"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"period": "2025"}, [0, 1, 2, 4]),
        ({"period": "2024-H1"}, [3, 4]),
        ({"period": "2009"}, [6]),
        ({"resource": "projects"}, [2]),
        ({"resource": ["transactions", "projects"]}, [0, 2, 5]),
        ({"resource": "delegations", "period": "2024/2025"}, [1, 3]),
        ({"resource": "projects", "period": "2012"}, []),
    ],
)
async def test_it_is_narrowed(
    api: AsyncClient, database: "Connection[Any]", query: dict[str, Any], expected: list[int]
) -> None:
    who = await made(api, "/partners", partner())
    every = await much(api, database, who)
    found = await timeline(api, who, **query)
    assert [item["id"] for item in found] == [every[n] for n in expected]
    address = f"/partners/{who['id']}/timeline"
    total = (await api.get(address, params={**query, "count": "exact"})).json()["total"]
    assert total == len(expected)


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_hold_each_once(
    api: AsyncClient, database: "Connection[Any]", limit: int
) -> None:
    who = await made(api, "/partners", partner())
    every, pages = await much(api, database, who), []
    params: dict[str, Any] = {"limit": limit}
    while True:
        page = (await api.get(f"/partners/{who['id']}/timeline", params=params)).json()
        assert (len(page["items"]) <= limit, page["total"]) == (True, None)
        pages += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert pages == every


async def test_a_cursor_is_good_for_its_timeline_alone(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    who = await made(api, "/partners", partner())
    await much(api, database, who)
    address = f"/partners/{who['id']}/timeline"
    cursor = (await api.get(address, params={"limit": 1})).json()["next_cursor"]
    bound = {"period": None, "resource": [], "of": who["id"]}
    forged = [seal(at, "timeline", bound) for at in (["soon", who["id"]], ["2025-01-01", "x"])]
    for params in (
        {"cursor": cursor, "period": "2025"},
        {"cursor": "x"},
        *({"cursor": one} for one in forged),
    ):
        answer = await api.get(address, params=params)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "wrong_cursor")
    undated = seal([None, "ffffffff-ffff-ffff-ffff-ffffffffffff"], "timeline", bound)
    (last,) = (await api.get(address, params={"cursor": undated})).json()["items"]
    assert last["when"] is None


async def test_only_what_one_may_see(
    api: AsyncClient,
    stranger: AsyncClient,
    as_actor: Callable[..., Any],
    database: "Connection[Any]",
) -> None:
    """Neither shown nor counted; nor is a title that is taken from a hidden record."""
    owner = (await made(api, "/agencies", agency(key="so")))["id"]
    who = await made(api, "/partners", partner(**PUBLIC))
    named = {"partners": [{"partner_id": who["id"]}], "owner_agency_id": owner}
    for visibility in ("public", "internal", "agency"):
        await made(api, "/delegations", delegation(visibility=visibility, **named))
    hidden = await project(database, who, "2025", "internal")
    shown = await payment(database, hidden, "provider", who, "2030", "public")
    scopes = "partners:read delegations:read projects:read transactions:read"
    insider, outsider = await as_actor(scopes, agency="so"), await as_actor(scopes)
    address = f"/partners/{who['id']}/timeline"
    for client, count in ((stranger, 2), (outsider, 4), (insider, 5), (api, 5)):
        page = (await client.get(address, params={"count": "exact"})).json()
        assert len(page["items"]) == page["total"] == count
        first = page["items"][0]
        assert first["id"] == str(shown)
        assert (first["title"] is None) is (client is stranger)
    narrow = await as_actor("partners:read projects:read")
    assert [item["resource"] for item in await timeline(narrow, who)] == ["projects"]
    refused = await narrow.get(address, params={"resource": "delegations"})
    assert (refused.status_code, refused.json()["permission"]) == (403, "delegations:read")


async def test_the_timeline_of_a_partner_one_may_not_see(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    who = await made(api, "/partners", partner())
    await made(api, "/delegations", delegation(partners=[{"partner_id": who["id"]}], **PUBLIC))
    for id_ in (who["id"], uuid4()):
        answer = await stranger.get(f"/partners/{id_}/timeline", params={"count": "exact"})
        assert answer.status_code == 404
    assert len(await timeline(api, who)) == 1


async def test_of_a_partner_with_nothing(api: AsyncClient) -> None:
    who = await made(api, "/partners", partner())
    answer = await api.get(f"/partners/{who['id']}/timeline", params={"count": "exact"})
    assert answer.json() == {"items": [], "next_cursor": None, "total": 0}
    asked = await api.get(f"/partners/{who['id']}/timeline", params={"resource": "sources"})
    (error,) = asked.json()["errors"]
    assert (asked.status_code, error["code"]) == (422, "unknown_resource")


async def test_merged_partners_keep_theirs(api: AsyncClient, database: "Connection[Any]") -> None:
    loser = await made(api, "/partners", partner("Hua Phan"))
    survivor = await made(api, "/partners", partner("Houaphanh"))
    expected = await much(api, database, loser)
    own = await made(
        api, "/delegations", delegation(when="2031", partners=[{"partner_id": survivor["id"]}])
    )
    merge = await api.post(
        f"/partners/{loser['id']}/merge", json={"into_id": survivor["id"]}, headers=HERE
    )
    assert merge.status_code == 201, merge.text
    assert [item["id"] for item in await timeline(api, survivor)] == [own["id"], *expected]
    moved = await api.get(f"/partners/{loser['id']}/timeline")
    assert moved.status_code == 308
    assert moved.headers["location"] == f"/api/v1/partners/{survivor['id']}/timeline"


async def test_it_is_one_query(
    api: AsyncClient, database: "Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await made(api, "/partners", partner())
    await much(api, database, who)
    await api.get("/partners")
    with counted(monkeypatch) as sent:
        await timeline(api, who)
    assert len(sent) == 1


def test_whatever_names_partners_is_in_it() -> None:
    """A resource that comes to name partners needs a line in DEEDS."""
    naming = {
        model
        for model in Resource.__subclasses__()
        if any(target_of(column) == "partners" for column in model.__table__.c)
        or any(path.endswith("partner_id") for paths in model.cites.values() for path in paths)
    }
    assert naming == {deed.model for deed in DEEDS} | {
        model for model in naming if model.__tablename__ == "partners"
    }
