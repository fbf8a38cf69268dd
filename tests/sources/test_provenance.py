"""What every record can say of where it comes from, in all five resources alike."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, delegation, made, partner, relation, source

HERE = {"If-Match": "*"}
Body = dict[str, Any]


async def _relation(api: AsyncClient) -> Body:
    return relation((await made(api, "/partners", partner()))["id"])


async def _plain(body: Body) -> Body:
    return body


BODIES: dict[str, Callable[[AsyncClient], Awaitable[Body]]] = {
    "/sources": lambda _: _plain(source()),
    "/agencies": lambda _: _plain(agency()),
    "/partners": lambda _: _plain(partner()),
    "/partner-relations": _relation,
    "/delegations": lambda _: _plain(delegation()),
}
PRINTED = {
    "/sources": ("published_on", "publisher"),
    "/agencies": ("valid_to", "parent_id"),
    "/partners": ("country", "registered"),
    "/partner-relations": ("valid", "partner_id"),
    "/delegations": ("when", "lead_agency_id"),
}
"""Fields of which a source may print something else than the register holds."""
every_resource = pytest.mark.parametrize("path", BODIES)


@every_resource
async def test_a_record_cites_its_sources_with_locator_and_text(
    api: AsyncClient, path: str
) -> None:
    cited = await made(api, "/sources", source(title="Report 12/BC-UBND"))
    given = [
        {"source_id": cited["id"], "locator": "page 3", "as_printed": "tháng 6, có 9 đoàn"},
        {"source_id": cited["id"]},
    ]
    record = await made(api, path, await BODIES[path](api) | {"sources": given})
    named = {"id": cited["id"], "title": "Report 12/BC-UBND"}
    assert record["sources"] == [
        {"source": named, "locator": "page 3", "as_printed": "tháng 6, có 9 đoàn"},
        {"source": named, "locator": None, "as_printed": None},
    ]


@every_resource
async def test_an_unknown_source_is_refused_where_it_stands(api: AsyncClient, path: str) -> None:
    known = await made(api, "/sources", source())
    missing = "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"
    given = [{"source_id": known["id"]}, {"source_id": missing}]
    refused = await api.post(path, json=await BODIES[path](api) | {"sources": given})
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/sources/1/source_id"]


@every_resource
async def test_keys_are_unique_in_a_resource(api: AsyncClient, path: str) -> None:
    await made(api, path, await BODIES[path](api) | {"key": "la-ho"})
    again = await api.post(path, json=await BODIES[path](api) | {"key": "la-ho"})
    assert again.status_code == 409
    assert [e["pointer"] for e in again.json()["errors"]] == ["/key"]
    other = await made(api, path, await BODIES[path](api) | {"key": "la-bk"})
    moved = await api.patch(f"{path}/{other['id']}", json={"key": "la-ho"}, headers=HERE)
    assert moved.status_code == 409
    found = (await api.get(f"{path}?key=la-ho")).json()["items"]
    assert [item["key"] for item in found] == ["la-ho"]


async def test_two_resources_may_use_one_key(api: AsyncClient) -> None:
    for path, body in BODIES.items():
        await made(api, path, await body(api) | {"key": "la-ho"})


@every_resource
async def test_flags_of_sources_and_persons_are_kept(api: AsyncClient, path: str) -> None:
    given: list[Body] = [
        {"code": "year_inferred", "origin": "source"},
        {"code": "year_inferred", "why": {"en": "from another page"}},
        {"code": "year_inferred", "origin": "person", "why": {"vi": "theo trang khác"}},
    ]
    record = await made(api, path, await BODIES[path](api) | {"flags": given})
    whole = {"vi": None, "en": None, "lo": None}
    assert record["flags"] == [
        {"code": "year_inferred", "origin": "source", "why": None, "acknowledged": None},
        {
            "code": "year_inferred",
            "origin": "person",
            "why": whole | {"en": "from another page"},
            "acknowledged": None,
        },
        {
            "code": "year_inferred",
            "origin": "person",
            "why": whole | {"vi": "theo trang khác"},
            "acknowledged": None,
        },
    ]


@every_resource
@pytest.mark.parametrize(
    ("flag", "pointer"),
    [
        ({"code": "year_inferred", "origin": "rule"}, "/flags/0/origin"),
        ({"code": "Year inferred"}, "/flags/0/code"),
        ({"code": "year_inferred", "acknowledged": None}, "/flags/0/acknowledged"),
        ({"code": "year_inferred", "why": {}}, "/flags/0/why"),
    ],
)
async def test_flags_of_rules_are_the_services_own(
    api: AsyncClient, path: str, flag: Body, pointer: str
) -> None:
    refused = await api.post(path, json=await BODIES[path](api) | {"flags": [flag]})
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == [pointer]


@every_resource
async def test_printed_texts_are_added_changed_and_removed_by_field(
    api: AsyncClient, path: str
) -> None:
    body, (first, second) = await BODIES[path](api), PRINTED[path]
    printed = {first: "những ngày cuối tháng 6", second: "CHDCND Lào"}
    record = await made(api, path, body | {"printed": printed})
    assert record["printed"] == printed
    patch = {"printed": {first: None, second: "Lào", "note": "Sầm Nưa"}}
    changed = await api.patch(f"{path}/{record['id']}", json=patch, headers=HERE)
    assert changed.status_code == 200, changed.text
    assert changed.json()["printed"] == {second: "Lào", "note": "Sầm Nưa"}


@every_resource
async def test_printed_texts_are_of_fields_that_there_are(api: AsyncClient, path: str) -> None:
    """Who mistypes one is told those of the record; what the service keeps is printed nowhere."""
    body = await BODIES[path](api)
    record = await made(api, path, body)
    for wrong in ("titel", "printed", "visibility", "id", "state"):
        for answer in (
            await api.post(path, json=body | {"printed": {"note": "x", wrong: "y"}}),
            await api.patch(f"{path}/{record['id']}", json={"printed": {wrong: "y"}}, headers=HERE),
        ):
            assert answer.status_code == 422
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == (f"/printed/{wrong}", "unknown_field")
            known = error["message"].partition("known: ")[2].split(", ")
            assert {*body, *PRINTED[path], "note"} <= set(known)
            assert wrong not in known


@every_resource
@pytest.mark.parametrize(
    "printed", [{"When": "x"}, {"when": ""}, {"when": 1}, {"": "x"}, ["when"], {"when": None}]
)
async def test_printed_is_text_by_field(api: AsyncClient, path: str, printed: Any) -> None:
    refused = await api.post(path, json=await BODIES[path](api) | {"printed": printed})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/printed")
