"""Likely duplicates: marked with their candidates, never refused, never told to strangers."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import agency, made, partner
from tests.sight import TOLD_OF_ANOTHER

HERE = {"If-Match": "*"}


def flagged(record: Any) -> list[tuple[str, str]]:
    return [(flag["code"], flag["origin"]) for flag in record["flags"]]


async def candidates(api: AsyncClient, record: Any) -> list[tuple[str, str]]:
    found = await api.get(f"/partners/{record['id']}/duplicates")
    assert found.status_code == 200, found.text
    assert found.json()["next_cursor"] is None
    return [(item["partner"]["id"], item["likeness"]) for item in found.json()["items"]]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("Luang Prabang Province", {}),
        ("LUANG PRABANG PROVINCE", {"kind": "other"}),
        ("Luang Prabang Provinces", {}),
        ("Luang-Prabang province", {"country": None}),
        ("Louangphabang", {"aliases": ["Luang Prabang province"]}),
        ("Luông Pha Băng", {}),
    ],
)
async def test_one_that_may_be_the_same_is_flagged_and_stays(
    api: AsyncClient, name: str, changed: dict[str, Any]
) -> None:
    first = await made(api, "/partners", partner(aliases=["Luông Pha Băng"]))
    second = await made(api, "/partners", partner(name, **changed))
    assert flagged(second) == [("likely_duplicate", "rule")]
    assert set(second["flags"][0]["why"]) == {"vi", "en", "lo"}
    ((id_, likeness),) = await candidates(api, second)
    assert id_ == first["id"]
    assert 0.8 <= float(likeness) <= 1


@pytest.mark.parametrize(
    ("name", "changed"),
    [("Bokeo Province", {}), ("Luang Prabang Province", {"country": "TH"}), ("Luang Namtha", {})],
)
async def test_others_are_not(api: AsyncClient, name: str, changed: dict[str, Any]) -> None:
    await made(api, "/partners", partner())
    second = await made(api, "/partners", partner(name, **changed))
    assert flagged(second) == []
    assert await candidates(api, second) == []


async def test_a_part_is_no_duplicate_of_the_whole(api: AsyncClient) -> None:
    whole = await made(api, "/partners", partner())
    part = await made(api, "/partners", partner("Luang Prabang", parent_id=whole["id"]))
    assert flagged(part) == []
    assert await candidates(api, whole) == []


async def test_the_likeliest_come_first_and_at_most_ten(api: AsyncClient) -> None:
    near = await made(api, "/partners", partner("Luang Prabang Provincial"))
    ids = {(await made(api, "/partners", partner()))["id"] for _ in range(10)}
    last = await made(api, "/partners", partner("Luang Prabang Province"))
    found = await candidates(api, last)
    assert {id_ for id_, _ in found} == ids
    assert near["id"] not in ids
    assert {likeness for _, likeness in found} == {"1.00"}


async def test_the_flag_goes_when_the_name_changes(api: AsyncClient) -> None:
    await made(api, "/partners", partner())
    second = await made(api, "/partners", partner(flags=[{"code": "year_inferred"}]))
    assert flagged(second) == [("year_inferred", "person"), ("likely_duplicate", "rule")]
    patch = {"name": {"en": "Bokeo Province"}}
    changed = await api.patch(f"/partners/{second['id']}", json=patch, headers=HERE)
    assert flagged(changed.json()) == [("year_inferred", "person")]


async def test_a_rule_adds_nothing_to_what_a_source_says(api: AsyncClient) -> None:
    await made(api, "/partners", partner())
    said = {"code": "likely_duplicate", "origin": "source"}
    second = await made(api, "/partners", partner(flags=[said]))
    assert flagged(second) == [("likely_duplicate", "source")]
    third = await made(api, "/partners", partner())
    patch = {"flags": [said]}
    changed = await api.patch(f"/partners/{third['id']}", json=patch, headers=HERE)
    assert flagged(changed.json()) == [("likely_duplicate", "source")]
    changed = await api.patch(f"/partners/{third['id']}", json={"flags": []}, headers=HERE)
    assert flagged(changed.json()) == [("likely_duplicate", "rule")]


@TOLD_OF_ANOTHER
async def test_no_partner_that_is_hidden_is_told(
    api: AsyncClient,
    as_actor: Callable[..., Any],
    of_other: str,
    of_one: str,
    *,
    is_same: bool,
    is_told: bool,
) -> None:
    """Whoever writes: some who see the partner may not know of the other one."""
    ours, theirs = [(await made(api, "/agencies", agency(key=k)))["id"] for k in ("ours", "theirs")]
    owner = ours if is_same else theirs
    await made(api, "/partners", partner(visibility=of_other, owner_agency_id=owner))
    second = await made(api, "/partners", partner(visibility=of_one, owner_agency_id=ours))
    assert flagged(second) == ([("likely_duplicate", "rule")] if is_told else [])
    editor = await as_actor("partners:read partners:write", agency="ours")
    for client in (editor, api):
        patch = {"note": f"of {client is editor}"}
        answer = await client.patch(f"/partners/{second['id']}", json=patch, headers=HERE)
        assert answer.status_code == 200, answer.text
        assert answer.json()["flags"] == second["flags"]
    shown = {"visibility": "public"}
    answer = await api.patch(f"/partners/{second['id']}", json=shown, headers=HERE)
    assert flagged(answer.json()) == ([("likely_duplicate", "rule")] * (of_other == "public"))


async def test_who_sees_a_hidden_one_finds_it_among_the_candidates(
    api: AsyncClient, stranger: AsyncClient
) -> None:
    hidden = await made(api, "/partners", partner("Hidden Investor", visibility="internal"))
    public = await made(api, "/partners", partner("Hidden investors", visibility="public"))
    assert await candidates(stranger, public) == []
    assert [id_ for id_, _ in await candidates(api, public)] == [hidden["id"]]


async def test_candidates_are_those_the_caller_may_see(
    api: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    await made(api, "/agencies", agency(key="ours"))
    await made(api, "/agencies", agency(key="theirs"))
    theirs = await as_actor("partners:read partners:write", agency="theirs")
    await made(theirs, "/partners", partner(visibility="agency"))
    ours = await as_actor("partners:read partners:write", agency="ours")
    assert flagged(await made(ours, "/partners", partner())) == []


@pytest.mark.parametrize(("place", "flags"), [(18, 1), (19, 0)])
async def test_the_first_twenty_names_are_compared(
    api: AsyncClient, place: int, flags: int
) -> None:
    """Each takes its time with each partner that is near, and a hundred may be given."""
    await made(api, "/partners", partner("Luang Prabang Province"))
    aliases = [f"Alias {number}" for number in range(place)] + ["Luang Prabang"]
    other = await made(api, "/partners", partner("Bokeo", aliases=aliases))
    assert len(flagged(other)) == len(await candidates(api, other)) == flags
