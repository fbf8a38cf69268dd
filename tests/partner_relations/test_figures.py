"""Relations counted as of a day; every figure leads to exactly the relations it counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient

from tests.factories import made, partner, relation, source
from tests.listing import listed

NUMBERS = ("relations", "partners", "counted_from_source", "undated")


async def summary(api: AsyncClient, query: str = "") -> Any:
    found = await api.get(f"/partner-relations/summary?{query}")
    assert found.status_code == 200, found.text
    return found.json()


async def followed(api: AsyncClient, query: str = "") -> dict[str | None, tuple[int, ...]]:
    """The figures by group, the total under "total"; every href lists as many as are counted."""
    answer = await summary(api, query)
    figures = {}
    for name, row in [("total", answer["total"]), *((r["group"], r) for r in answer["items"])]:
        assert len(await listed(api, row["href"])) == row["relations"], row
        assert len(await listed(api, row["undated_href"])) == row["undated"], row
        figures[name] = tuple(row[number] for number in NUMBERS)
    return figures


async def tie(
    api: AsyncClient, database: "Connection[Any]", other: Any, state: str = "recorded", **more: Any
) -> Any:
    record = await made(api, "/partner-relations", relation(other["id"], **more))
    changed = "update partner_relations set state = $1 where id = $2"
    await database.execute(changed, state, record["id"])
    return record


async def test_a_relation_counts_from_its_first_day_to_its_last(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    other = await made(api, "/partners", partner())
    await tie(api, database, other, valid="2020-05-01/2021-06")
    days = ["2020-04-30", "2020-05-01", "2021-06-30", "2021-07-01"]
    counted = [(await followed(api, f"as_of={day}"))["total"][0] for day in days]
    assert counted == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("exploring", 0),
        ("cancelled", 0),
        ("recorded", 1),
        ("established", 1),
        ("dormant", 1),
        ("ended", 1),
    ],
)
async def test_what_came_about_counts(
    api: AsyncClient, database: "Connection[Any]", state: str, counts: int
) -> None:
    other = await made(api, "/partners", partner())
    await tie(api, database, other, state, valid="2020/2030")
    await tie(api, database, other, state, valid=None)
    assert (await followed(api, "as_of=2025-01-01"))["total"] == (counts, counts, 0, counts)


async def test_one_without_a_start_counts_from_its_sources(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    other = await made(api, "/partners", partner())
    covering = await made(api, "/sources", source(covers="2024-H1", published_on="2024-07-20"))
    published = await made(api, "/sources", source(covers=None, published_on="2024-03-05"))
    silent = await made(api, "/sources", source(covers=None))

    async def cited(*sources: Any, valid: str | None = None) -> None:
        named = [{"source_id": s["id"]} for s in sources]
        await tie(api, database, other, valid=valid, sources=named)

    await cited(covering, published, silent)  # from 2024-01-01
    await cited(published)  # from 2024-03-05
    await cited(published, valid="../2024-03")  # its end is known
    await cited(silent)  # undated
    await cited()  # undated
    await cited(published, valid="2023/..")  # its own start goes before its source's

    async def on(day: str) -> tuple[int, ...]:
        return (await followed(api, f"as_of={day}"))["total"]

    assert await on("2023-12-31") == (1, 1, 0, 2)
    assert await on("2024-01-01") == (2, 1, 1, 2)
    assert await on("2024-03-04") == (2, 1, 1, 2)
    assert await on("2024-03-05") == (4, 1, 3, 2)
    assert await on("2024-04-01") == (3, 1, 2, 2)


async def test_the_nine_lao_provinces(api: AsyncClient, database: "Connection[Any]") -> None:
    """Cooperation relations of local governments without a parent, on the day asked for."""
    provinces = [await made(api, "/partners", partner(f"Province {n}")) for n in range(9)]
    for province in provinces:
        await tie(api, database, province, valid="2020/..")
    part = await made(api, "/partners", partner("A district", parent_id=provinces[0]["id"]))
    await tie(api, database, part, valid="2020/..")
    china = await made(api, "/partners", partner("Yunnan", country="CN"))
    await tie(api, database, china, valid="2020/..")
    school = await made(api, "/partners", partner("A school", kind="academic"))
    await tie(api, database, school, valid="2020/..")
    contact = await made(api, "/partners", partner("Xaysomboun"))
    await tie(api, database, contact, valid="2020/..", kind="contact")
    lao = "kind=cooperation&partner_kind=local_government&country=LA&partner_has_parent=false"
    figures = await followed(api, f"{lao}&as_of=2026-01-01")
    assert figures == {"total": (9, 9, 0, 0), "cooperation": (9, 9, 0, 0)}
    assert (await followed(api, f"{lao}&as_of=2019-12-31"))["total"] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("kind", {"contact": (1, 1, 0, 1), "cooperation": (3, 2, 0, 0)}),
        ("partner_kind", {"local_government": (3, 2, 0, 0), "other": (1, 1, 0, 1)}),
        ("country", {"LA": (2, 1, 0, 0), "TH": (1, 1, 0, 0), None: (1, 1, 0, 1)}),
    ],
)
async def test_figures_by_group(
    api: AsyncClient, database: "Connection[Any]", group_by: str, expected: Any
) -> None:
    lao = await made(api, "/partners", partner())
    thai = await made(api, "/partners", partner("Nan", country="TH"))
    nowhere = await made(api, "/partners", partner("ASEAN", kind="other", country=None))
    await tie(api, database, lao, valid="2018/..")
    await tie(api, database, lao, valid="2020/..")
    await tie(api, database, thai, valid="2020/..")
    await tie(api, database, nowhere, valid="2020/..", kind="contact")
    await tie(api, database, nowhere, valid=None, kind="contact")
    figures = await followed(api, f"group_by={group_by}&as_of=2026-01-01")
    assert figures == {"total": (4, 3, 0, 1)} | expected


async def test_groups_within_filters_lead_to_what_they_count(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    for name, country, kind in [
        ("A", "LA", "other"),
        ("B", None, "other"),
        ("C", None, "media"),
        ("D", "TH", "media"),
    ]:
        other = await made(api, "/partners", partner(name, country=country, kind=kind))
        await tie(api, database, other, valid="2020/..")
    for query in (
        "group_by=partner_kind&without=country",
        "group_by=country&without=country",
        "group_by=country&country=LA&country=TH",
        "group_by=country&partner_kind=media",
        "group_by=kind&without=country&without=partner_kind",
    ):
        await followed(api, query)
    by_kind = await followed(api, "group_by=partner_kind&without=country")
    assert by_kind["other"][0] == by_kind["media"][0] == 1
    assert by_kind["total"][0] == 2


async def test_a_stranger_counts_what_a_stranger_sees(
    api: AsyncClient, stranger: AsyncClient, database: "Connection[Any]"
) -> None:
    """A public relation with an internal partner counts, but the group does not tell which."""
    hidden = await made(api, "/partners", partner(visibility="internal"))
    open_ = await made(api, "/partners", partner("Bokeo", visibility="public", country="TH"))
    secret = await made(api, "/sources", source(published_on="2024-01-01", visibility="internal"))
    await tie(api, database, hidden, valid="2020/..", visibility="public")
    await tie(api, database, hidden, valid="2020/..", visibility="internal")
    cites = [{"source_id": secret["id"]}]
    await tie(api, database, open_, valid=None, visibility="public", sources=cites)
    expected = {"total": (1, 1, 0, 1), None: (1, 1, 0, 0), "TH": (0, 0, 0, 1)}
    assert await followed(stranger, "group_by=country&as_of=2026-01-01") == expected
    kinds = await followed(stranger, "group_by=partner_kind&as_of=2026-01-01")
    assert kinds == {"total": (1, 1, 0, 1), None: (1, 1, 0, 0), "local_government": (0, 0, 0, 1)}
    assert (await followed(stranger, "country=LA&as_of=2026-01-01"))["total"] == (0, 0, 0, 0)
    assert (await followed(api, "as_of=2026-01-01"))["total"] == (3, 2, 1, 0)


async def test_it_is_counted_today_where_no_day_is_given(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    other = await made(api, "/partners", partner())
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    await tie(api, database, other, valid=f"2020/{today}")
    answer = await summary(api)
    assert (answer["as_of"], answer["total"]["relations"]) == (today.isoformat(), 1)


async def test_nothing_at_all_is_a_figure_too(api: AsyncClient) -> None:
    answer = await summary(api, "group_by=country")
    assert answer["items"] == []
    assert [answer["total"][number] for number in NUMBERS] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("query", "status"),
    [("as_of=0", 422), ("group_by=state", 422), ("undated=true", 400), ("period=2024", 400)],
)
async def test_what_cannot_be_asked_is_named(api: AsyncClient, query: str, status: int) -> None:
    assert (await api.get(f"/partner-relations/summary?{query}")).status_code == status
