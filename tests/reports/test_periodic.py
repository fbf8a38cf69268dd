"""Every number of a report leads to exactly the records that it counts."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Connection
from tests.reports.counted import UNLED, Figures, counted
from tests.reports.following import Lists, numbers
from tests.reports.register import START, Chance, fill
from tests.workloads import rows

PERIODS = ["period=2024-H1", "from=2023-12-15&to=2024-06-14"]


async def periodic(api: AsyncClient, query: str) -> Any:
    found = await api.get(f"/reports/periodic?{query}")
    assert found.status_code == 200, found.text
    return found.json()


async def test_every_number_lists_what_it_counts(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    """Nothing too: of what counts nothing, some addresses are followed."""
    await fill(database, Chance(5))
    lists, seen = Lists(api), 0
    for query in PERIODS:
        for n, told in enumerate(numbers(await periodic(api, query))):
            if told.records or n % 23 == 0:
                await lists.check(told)
            seen += told.records
    assert seen > 300


def told(report: Any) -> Figures:
    """The figures that `counted` counts by itself."""
    found: Figures = {}
    for section in report["sections"]:
        if section["code"] == "partners":
            continue
        for figure in section["figures"]:
            beside = figure["not_placed"]["records"] if figure["not_placed"] else 0
            value = Decimal(figure["value"])
            if (value or beside) and figure["code"] != "plans":
                found[figure["code"], figure["currency"]] = (value, beside)
    return found


async def test_every_figure_is_what_other_statements_count(
    api: AsyncClient, database: "Connection[Any]", today: Callable[[str], None]
) -> None:
    """Over random records and periods, and again when all of them have changed."""
    today("2026-01-01")
    chance = Chance(11)
    await fill(database, chance, 90)
    for _ in range(2):
        for first, last in [HALF_YEAR, *(days(chance) for _ in range(5))]:
            report = await periodic(api, f"from={first}&to={last}")
            expected = await counted(database, first, last, last + timedelta(days=1))
            assert told(report) == expected, (first, last)
        await change_all(database)


@pytest.mark.parametrize(
    ("day", "before"), [("2024-04-10", "2023-04-10"), ("2024-02-29", "2023-02-28")]
)
async def test_while_a_period_lasts_the_year_before_is_looked_at_on_the_same_day(
    api: AsyncClient,
    database: "Connection[Any]",
    today: Callable[[str], None],
    day: str,
    before: str,
) -> None:
    """What depends on the day: half of this year is not compared with a whole one before."""
    today(day)
    await fill(database, Chance(7), 90)
    lasting = await periodic(api, "period=2024-H1")
    assert (lasting["as_of"], lasting["year_before"]) == (day, "2023-H1")
    ended = figures_of(await periodic(api, f"from=2023-01-01&to={before}"))
    names = [it for it in ended if it.startswith(ON_THE_DAY) and it != "tasks.without_lead"]
    found = figures_of(lasting)
    earlier = {name: found[name]["year_before"]["value"] for name in names}
    assert earlier == {name: ended[name]["value"] for name in names}
    assert len({*earlier.values()}) > 2
    on = date.fromisoformat(before)
    (unled,) = await database.fetch(UNLED, date(2023, 1, 1), date(2023, 7, 1), on)
    assert found["tasks.without_lead"]["year_before"]["records"] == unled["lasting"]
    lists = Lists(api)
    for number in numbers(lasting):
        await lists.check(number)


ON_THE_DAY = ("tasks.", "partners", "agreements.in_force", "agreements.expiring")


def figures_of(report: Any) -> dict[str, Any]:
    return {figure["code"]: figure for s in report["sections"] for figure in s["figures"]}


HALF_YEAR = (date(2024, 1, 1), date(2024, 6, 30))


def days(chance: Chance) -> tuple[date, date]:
    """Of a period, some with whole months and most without."""
    first = chance.choice([START, chance.day(), chance.day().replace(day=1)])
    length = timedelta(days=chance.choice([0, 5, 29, 60, 200, 400]))
    last = chance.choice([first + length, (first + length).replace(day=1) - timedelta(1)])
    return first, max(first, last)


CHANGES = """
update delegations set "when" = to_jsonb('2024-05-' || 10 + headcount), level = null
where headcount is not null;
update delegations set state = 'closed' where direction = 'inbound';
delete from delegations where channel = 'party';
update agreements set effective = '"2023/2024-07"', on_behalf_of = null where state = 'in_force';
update events set state = 'held', "when" = '"2024-05"' where state = 'planned';
delete from observations where vintage > '2023-06';
update observations set qualifier = null where qualifier like 'forecast%';
update projects set kind = 'oda_grant', period = '"2023-06-14/2024-06-14"'
where kind in ('fdi', 'oda_loan');
update projects set state = 'cancelled' where state = 'pipeline';
update transactions set "on" = '"2024-06-14"' where type = 'stated';
update transactions set project_id = (select min(id::text)::uuid from projects)
where currency = 'USD';
delete from transactions where type = 'increase';
update tasks set due = '{"kind": "date", "on": "2024-06-14"}';
update tasks set parent_id = null where parent_id is not null and code > '5';
update assignments set state = 'cancelled', cancelled_on = assigned_on, done_on = null
where state = 'assigned' and assigned_on < '2024-03-01';
delete from assignments where assigned_on > '2024-09-01'
"""


async def change_all(database: "Connection[Any]") -> None:
    """What figures go by, of every record, and a part of them removed."""
    for statement in CHANGES.strip().split(";\n"):
        await database.execute(statement)


async def test_agencies_with_nothing_are_listed_with_zero(api: AsyncClient, database: Any) -> None:
    name = {"vi": "Sở Công Thương", "en": None, "lo": "ພະແນກ"}
    await rows.row(database, "agencies", kind="department", name=name)
    report = await periodic(api, "period=2024-H1")
    tables = {table["code"]: table for s in report["sections"] for table in s["tables"]}
    for code in ("delegations.by_agency", "tasks.by_agency"):
        line = tables[code]["rows"][0]
        assert (line["label"], line["agency"]["name"]) == (name, name)
        assert {cell["value"] for cell in line["cells"]} == {"0"}
    none = await periodic(api, "period=2024-H1&kind=ministry")
    tables = {table["code"]: table for s in none["sections"] for table in s["tables"]}
    assert tables["tasks.by_agency"]["rows"] == []


async def test_a_figure_counts_all_and_says_what_is_hidden(
    api: AsyncClient, as_actor: Callable[..., Any], database: "Connection[Any]"
) -> None:
    """The list behind it has as many fewer for a caller who may not see everything."""
    await fill(database, Chance(3), 30)
    owner = await rows.agency(database)
    hidden = "delegations projects partner_relations agreements events assignments tasks"
    for table in hidden.split():
        await database.execute(
            f"update {table} set visibility = 'agency', owner_agency_id = $1"
            f" where id in (select id from {table} order by md5(id::text) limit 8)",
            owner,
        )
    scopes = (
        "reports delegations agreements events partner_relations partners projects transactions"
        " plans tasks assignments"
    )
    viewer = await as_actor(" ".join(f"{it}:read" for it in scopes.split()), role="viewer")
    mine = [*numbers(await periodic(viewer, "period=2024-H1"))]
    whole = [*numbers(await periodic(api, "period=2024-H1"))]
    assert [(it.value, it.records) for it in mine] == [(it.value, it.records) for it in whole]
    assert {it.hidden for it in whole} == {0}
    assert sum(it.hidden for it in mine) > 10
    lists = Lists(viewer)
    for told_ in (it for it in mine if it.hidden):
        await lists.check(told_)
