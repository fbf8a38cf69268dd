"""Search over all resources: how it is asked, what comes first, who is shown what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit.model import Resource
from sonla_api.kit.titles import resources
from sonla_api.search.queries import NEAR, searched
from tests import factories
from tests.conftest import Cast, Connection
from tests.kit.test_records import counted
from tests.routes import READS

HOUAPHANH = {
    "name": {"en": "Houaphanh Province", "vi": "Tỉnh Hủa Phăn", "lo": "ແຂວງຫົວພັນ"},
    "aliases": ["Huaphan", "Houaphane"],
    "visibility": "public",
}


async def found(client: AsyncClient, q: str, **query: Any) -> Any:
    answer = await client.get("/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client: AsyncClient, q: str, **query: Any) -> list[str]:
    return [hit["id"] for hit in (await found(client, q, **query))["items"]]


@pytest.fixture
async def register(cast: Cast, api: AsyncClient) -> dict[str, Any]:
    records: dict[str, Any] = await cast(houaphanh, api)
    return records


async def houaphanh(api: AsyncClient) -> dict[str, Any]:
    """A record of each kind that says something of Houaphanh, and one beside that does not."""
    public = {"visibility": "public"}
    bodies = {
        "partners": factories.partner() | HOUAPHANH,
        "delegations": factories.delegation(
            title={"vi": "Đoàn công tác tại Hủa Phăn"}, purpose="Biên giới", **public
        ),
        "documents": factories.document(
            subject={"en": "Work with Houaphanh and Huaphan"}, **public
        ),
        "sources": factories.source(title="Hua Phan news from Houaphanh", **public),
        "agencies": factories.agency(name={"vi": "Phòng hợp tác với tỉnh Hủa Phăn"}, **public),
    }
    made = {name: await factories.made(api, f"/{name}", body) for name, body in bodies.items()}
    await factories.made(api, "/partners", factories.partner("Yunnan", country="CN", **public))
    return made


@pytest.mark.parametrize(
    "q",
    [
        "hua phan",
        "Houaphanh",
        "Hủa Phăn",
        "HUAPHAN",
        "ຫົວພັນ",
        "ແຂວງຫົວພັນ",
        "hu\u0309a phăn",
        "phan hua",
        "  hua   phan ",
        "tinh houaphanh",
        "Houaphane",
    ],
)
async def test_every_spelling_finds_it_first(
    stranger: AsyncClient, register: dict[str, Any], q: str
) -> None:
    page = await found(stranger, q)
    assert page["items"][0]["id"] == register["partners"]["id"]
    assert page["is_exact"] is True


@pytest.mark.parametrize(
    "q", ["Huaphn", "houapahnh", "Houphanh", "huafan", "hua phn", "Hoa phan", "huaphanprovince"]
)
async def test_typing_errors_are_forgiven(
    stranger: AsyncClient, register: dict[str, Any], q: str
) -> None:
    page = await found(stranger, q)
    assert register["partners"]["id"] in [hit["id"] for hit in page["items"]]
    assert page["is_exact"] is False
    scores = [hit["score"] for hit in page["items"]]
    assert scores == sorted(scores, reverse=True)


async def test_a_long_phrase_may_have_an_error_too(stranger: AsyncClient, api: AsyncClient) -> None:
    title = {"vi": "Trao đổi kinh nghiệm quản lý cửa khẩu biên giới"}
    made = await factories.made(
        api, "/delegations", factories.delegation(title=title, visibility="public")
    )
    page = await found(stranger, "trao doi kinh nghiem quan lys cua khau")
    assert [hit["id"] for hit in page["items"]] == [made["id"]]
    assert page["is_exact"] is False


async def test_a_hit_says_what_it_is(api: AsyncClient, register: dict[str, Any]) -> None:
    partner = register["partners"]
    (hit, *_) = (await found(api, "hua phan", resource="partners"))["items"]
    assert hit == {
        "resource": "partners",
        "id": partner["id"],
        "href": f"/api/v1/partners/{partner['id']}",
        "title": partner["name"],
        "matched": "Tỉnh Hủa Phăn",
        "score": hit["score"],
    }
    assert re.fullmatch(r"0\.[0-9]{2}", hit["score"])
    (letter,) = (await found(api, "152/kh-ubnd"))["items"]
    assert (letter["matched"], letter["score"]) == ("152/KH-UBND", "1.00")
    (source,) = (await found(api, "news from"))["items"]
    assert source["title"] == "Hua Phan news from Houaphanh"


async def test_whole_words_go_before_parts_of_words(api: AsyncClient) -> None:
    names = ["Ban", "Nam Ban", "Banana", "Nam Long Ban Xang"]
    for name in names:
        await factories.made(api, "/partners", factories.partner(name))

    async def order(q: str) -> list[str]:
        return [hit["matched"] for hit in (await found(api, q))["items"]]

    assert await order("ban") == ["Ban", "Nam Ban", "Nam Long Ban Xang", "Banana"]
    assert await order("nam ban") == ["Nam Ban", "Nam Long Ban Xang"]
    assert await order("Ban Nam") == ["Nam Ban", "Nam Long Ban Xang"]


async def test_only_some_resources(stranger: AsyncClient, register: dict[str, Any]) -> None:
    both = await found(stranger, "hua phan", resource=["partners", "sources"])
    assert {hit["resource"] for hit in both["items"]} == {"partners", "sources"}
    assert [each["resource"] for each in both["resources"]] == ["partners", "sources"]
    everywhere = await found(stranger, "hua phan")
    assert {each["resource"] for each in everywhere["resources"]} == {
        "agencies",
        "delegations",
        "documents",
        "partners",
        "sources",
    }
    for each in everywhere["resources"]:
        assert (each["found"], each["is_bounded"]) == (1, False)
        listed = (await stranger.get(f"http://test{each['href']}")).json()["items"]
        assert len(listed) == each["found"]


async def test_a_scope_that_reads_less_finds_less(
    api: AsyncClient, as_actor: Callable[..., Any], register: dict[str, Any]
) -> None:
    narrow = await as_actor("search:read sources:read")
    assert await ids(narrow, "hua phan") == [register["sources"]["id"]]
    answer = await narrow.get("/search", params={"q": "hua phan", "resource": "partners"})
    assert (answer.status_code, answer.json()["permission"]) == (403, "partners:read")
    for permissions in ("sources:read", "partners:read sources:read"):
        without = await as_actor(permissions)
        assert (await without.get("/search", params={"q": "hua"})).status_code == 403


@pytest.mark.parametrize(
    ("query", "status", "pointer", "code"),
    [
        ({}, 422, "/q", "missing"),
        ({"q": ""}, 422, "/q", "text_blank"),
        ({"q": "  "}, 422, "/q", "text_blank"),
        ({"q": "a"}, 422, "/q", "string_too_short"),
        ({"q": "%%"}, 422, "/q", "too_few_letters"),
        ({"q": "a_!"}, 422, "/q", "too_few_letters"),
        ({"q": "x" * 201}, 422, "/q", "string_too_long"),
        ({"q": "ab " * 21}, 422, "/q", "too_many_words"),
        ({"q": "hua", "limit": "51"}, 422, "/limit", "less_than_equal"),
        ({"q": "hua", "resource": "evidence"}, 422, "/resource/0", "unknown_resource"),
        ({"q": "hua", "kind": "ingo"}, 400, "", "unknown_parameter"),
    ],
)
async def test_what_cannot_be_asked(
    stranger: AsyncClient, query: dict[str, str], status: int, pointer: str, code: str
) -> None:
    answer = await stranger.get("/search", params=query)
    assert answer.status_code == status, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


@pytest.mark.parametrize(
    "q", ["%a%b", "a_b", "c:\\temp", "'; drop table partners; --", "$1 :q {0}"]
)
async def test_signs_are_only_signs(api: AsyncClient, q: str) -> None:
    await factories.made(api, "/partners", factories.partner("Growth axb of C Temp"))
    assert (await found(api, q))["is_exact"] is False
    made = await factories.made(api, "/partners", factories.partner(f"Growth {q}"))
    assert await ids(api, q) == [made["id"]]


async def test_what_is_left_out_is_said(stranger: AsyncClient, api: AsyncClient) -> None:
    for n in range(NEAR + 2):
        await factories.made(api, "/partners", factories.partner(f"Bokeo {n}", visibility="public"))
    page = await found(stranger, "bokeao", limit=3)
    assert len(page["items"]) == 3
    (each,) = page["resources"]
    assert (each["found"], each["is_bounded"]) == (NEAR, True)
    page = await found(stranger, "bokeo", limit=3)
    (each,) = page["resources"]
    assert (each["found"], each["is_bounded"]) == (NEAR + 2, False)


async def test_what_one_may_not_see_is_not_found(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    """Neither shown nor counted; whether it is there does not tell in anything."""
    agency = await factories.made(api, "/agencies", factories.agency(key="so", name={"vi": "Sở"}))
    owned = {"owner_agency_id": agency["id"]}
    for visibility in ("internal", "agency"):
        for path, body in (
            ("/partners", factories.partner("Xaysomboun", visibility=visibility, **owned)),
            (
                "/documents",
                factories.document(subject={"en": "Xaysomboun"}, visibility=visibility, **owned),
            ),
        ):
            await factories.made(api, path, body)
    insider = await as_actor("search:read partners:read documents:read", agency="so")
    outsider = await as_actor("search:read partners:read documents:read")
    nothing = {"items": [], "is_exact": False, "resources": []}
    for q in ("xaysomboun", "xaysombuon"):
        for client, count in ((insider, 4), (api, 4), (outsider, 2), (stranger, 0)):
            page = await found(client, q)
            assert len(page["items"]) == sum(r["found"] for r in page["resources"]) == count
        assert await found(stranger, q) == nothing
    near = await factories.made(
        api, "/partners", factories.partner("Xaysombuon", visibility="public")
    )
    assert await ids(stranger, "xaysomboun") == [near["id"]]


async def test_a_title_taken_from_elsewhere_is_hidden_with_it(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    paper = await factories.made(api, "/documents", factories.document())
    await database.execute(
        "insert into plans (id, version, document_id, objectives, visibility)"
        """ values (gen_random_uuid(), 1, $1, '[{"en": "Fruit for Xaysomboun"}]', 'public')""",
        paper["id"],
    )
    (known,) = (await found(api, "xaysomboun"))["items"]
    assert (known["resource"], known["title"]) == ("plans", paper["subject"])
    (hit,) = (await found(stranger, "xaysomboun"))["items"]
    assert (hit["id"], hit["title"], hit["matched"]) == (known["id"], None, None)


async def test_internal_fields_are_not_searched(api: AsyncClient, stranger: AsyncClient) -> None:
    body = factories.delegation(
        members=[{"name": "Lò Văn Bí Mật"}],
        invitation=[{"symbol": "77/THU-MOI"}],
        visibility="public",
    )
    await factories.made(api, "/delegations", body)
    for q in ("lo van bi mat", "77/thu-moi"):
        for client in (api, stranger):
            assert (await found(client, q))["items"] == []


@pytest.mark.parametrize("model", Resource.__subclasses__(), ids=lambda model: model.__tablename__)
def test_what_records_are_called_is_hidden_from_nobody(model: type[Resource]) -> None:
    columns = model.__table__.c
    assert model.called
    for name in model.called:
        assert name in columns
        assert name not in model.internal
    if "words" in columns:
        made_of = set(re.findall(r"\w+", str(columns["words"].computed.sqltext)))
        assert not made_of & model.internal


def test_a_resource_joins_by_having_words() -> None:
    assert {*searched()} == {n for n, m in resources().items() if "words" in m.__table__.c}
    assert {"partners", "delegations", "documents", "tasks", "projects"} <= {*searched()}
    for operation in READS:
        name = operation.path.removeprefix("/api/v1/").replace("-", "_")
        if name in searched():
            assert "q" in {p["name"] for p in operation.about["parameters"]}, operation


async def test_a_search_is_one_query(
    api: AsyncClient, register: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.get("/partners")
    for q in ("hua phan", "huaphn", "nowhere"):
        with counted(monkeypatch) as sent:
            await found(api, q)
        assert len(sent) == 1
