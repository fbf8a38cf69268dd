"""ETags and what they are compared with, Location, Link."""

import re

from httpx import AsyncClient, Response

from tests import factories

VARY = "Authorization, Accept, Accept-Language"


async def made(api: AsyncClient) -> Response:
    return await api.post("/partners", json=factories.partner())


async def test_an_etag_is_the_version_and_a_checksum(api: AsyncClient) -> None:
    created = await made(api)
    assert re.fullmatch(r'"1\.[0-9a-f]{8}"', created.headers["etag"])
    address = created.headers["location"]
    assert address == f"/api/v1/partners/{created.json()['id']}"
    read = await api.get(f"http://test{address}")
    assert read.headers["etag"] == created.headers["etag"]
    assert read.headers["vary"] == created.headers["vary"] == VARY
    assert (await api.get("/partners")).headers["vary"] == VARY


async def test_what_is_known_is_not_sent_again(api: AsyncClient) -> None:
    created = await made(api)
    address, etag = f"/partners/{created.json()['id']}", created.headers["etag"]
    for known in (etag, f'"5.00000000", {etag}', f"W/{etag}", "*", f'"a,b",{etag}'):
        answer = await api.get(address, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == etag
        assert answer.headers["vary"] == VARY
        assert (await api.head(address, headers={"if-none-match": known})).status_code == 304
    for other in ('"1"', '"1.00000000"', etag.strip('"'), ""):
        assert (await api.get(address, headers={"if-none-match": other})).status_code == 200, other


async def test_a_write_does_not_heed_if_none_match(api: AsyncClient) -> None:
    created = await made(api)
    answer = await api.patch(
        f"/partners/{created.json()['id']}",
        json={"note": "x"},
        headers={"if-match": "*", "if-none-match": "*"},
    )
    assert answer.status_code == 200


async def test_the_etag_tells_what_the_version_does_not(api: AsyncClient) -> None:
    """The name of another record stands in the body, but is no change of this one."""
    parent = (await made(api)).json()
    created = await api.post("/partners", json=factories.partner("Ngoi", parent_id=parent["id"]))
    address, etag = f"/partners/{created.json()['id']}", created.headers["etag"]
    renamed = {"name": {"en": "Another name"}}
    await api.patch(f"/partners/{parent['id']}", json=renamed, headers={"if-match": "*"})
    read = await api.get(address, headers={"if-none-match": etag})
    assert read.json()["parent"]["name"]["en"] == "Another name"
    assert (read.json()["version"], read.headers["etag"] != etag) == (1, True)
    kept = await api.patch(address, json={"note": "x"}, headers={"if-match": etag})
    assert kept.status_code == 200


async def test_if_match_is_needed(api: AsyncClient) -> None:
    address = f"/partners/{(await made(api)).json()['id']}"
    relation = await factories.made(
        api, "/partner-relations", factories.relation(address.rpartition("/")[2])
    )
    step = f"/partner-relations/{relation['id']}/transitions"
    for answer in (
        await api.patch(address, json={"note": "x"}),
        await api.delete(address),
        await api.post(step, json={"verb": "establish"}),
        await api.post(f"{address}/merge", json={"into_id": relation["id"]}),
    ):
        assert answer.status_code == 428
        assert answer.json()["type"] == "/docs/problems/version-required"


async def test_a_stale_version_is_told_the_present_one(api: AsyncClient) -> None:
    created = await made(api)
    address, first = f"/partners/{created.json()['id']}", created.headers["etag"]
    second = await api.patch(address, json={"note": "x"}, headers={"if-match": first})
    assert second.status_code == 200
    for stale in (first, '"1"', '"7.12345678"', f"W/{second.headers['etag']}", "2", "", '"x"'):
        for answer in (
            await api.patch(address, json={"note": "y"}, headers={"if-match": stale}),
            await api.delete(address, headers={"if-match": stale}),
        ):
            assert (answer.status_code, answer.json()["version"]) == (412, 2), stale
    assert (await api.get(address)).json()["note"] == "x"


async def test_any_of_the_versions_named_will_do(api: AsyncClient) -> None:
    address = f"/partners/{(await made(api)).json()['id']}"
    for version in ('"1"', '"9.0000abcd", "2.00000000"', " * "):
        answer = await api.patch(address, json={"note": version}, headers={"if-match": version})
        assert answer.status_code == 200, version
    answer = await api.patch(address, json={}, headers={"if-match": '"' + "1" * 600 + '"'})
    assert answer.status_code == 422
