"""The calendar as a library reads it: what stands in it, for whom, and when it has changed."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from asyncpg import Connection
from httpx import AsyncClient, Response
from icalendar import Calendar

from sonla_api.calendar.queries import _AT_ONCE
from sonla_api.events.lifecycle import EventState
from tests.factories import agency, delegation, event, made, partner

HERE = {"If-Match": "*"}
PUBLIC = {"visibility": "public"}
NAME = {
    "vi": "Lễ hội văn hóa, du lịch Sơn La; Hủa Phăn \\ ngày hội các dân tộc vùng biên\nnăm 2026",
    "en": "Culture and Tourism Festival",
    "lo": "ງານບຸນວັດທະນະທຳ ແລະ ການທ່ອງທ່ຽວ ແຂວງເຊີນລາ ແຂວງຫົວພັນ",
}


async def fetched(client: AsyncClient, **query: Any) -> Response:
    answer = await client.get("/calendar.ics", params=query)
    assert answer.status_code == 200, answer.text
    return answer


async def entries(client: AsyncClient, **query: Any) -> dict[str, Any]:
    """By id, as the library reads them; whatever it cannot read fails."""
    content = (await fetched(client, **query)).content
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert not set(line) & (set(range(32)) - {9})
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    found = calendar.walk("VEVENT")
    assert all(entry.errors == [] for entry in found)
    return {str(entry["UID"]): entry for entry in found}


async def test_an_event_is_read_as_it_was_written(api: AsyncClient) -> None:
    host = await made(api, "/partners", partner("Tỉnh Hủa Phăn"))
    body = event(
        name=NAME,
        kind="festival",
        role="organiser",
        when="2026-03-20/2026-03-22",
        country="LA",
        place="Sầm Nưa",
        partners=[{"partner_id": host["id"]}],
    )
    record = await made(api, "/events", body)
    (entry,) = (await entries(api)).values()
    summary = entry["SUMMARY"]
    assert (str(summary), summary.params["LANGUAGE"]) == (NAME["vi"], "vi")
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2026, 3, 20), date(2026, 3, 23))
    changed = datetime.fromisoformat(record["updated_at"]).replace(microsecond=0)
    for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED"):
        assert (entry[name].dt, str(entry[name].dt.tzinfo)) == (changed, "UTC")
    assert (entry["SEQUENCE"], entry["STATUS"], entry["CLASS"]) == (1, "TENTATIVE", "PRIVATE")
    assert [str(it) for it in entry["CATEGORIES"].cats] == ["Sự kiện", "Lễ hội"]
    assert entry["LOCATION"] == "Sầm Nưa, Lào"
    assert str(entry["DESCRIPTION"]).split("\n") == [
        NAME["en"],
        NAME["lo"],
        "Vai trò: Tổ chức",
        "Đối tác: Tỉnh Hủa Phăn",
        "Trạng thái: Dự kiến",
    ]
    assert (await api.get(str(entry["URL"]))).json() == record


async def test_it_speaks_the_language_asked_for(api: AsyncClient) -> None:
    await made(api, "/events", event(name=NAME, when="2026-03-20", country="TW"))
    for language, title, labels, place in (
        ("en", NAME["en"], ["Event", "Fair"], "Taiwan (China)"),
        ("lo", NAME["lo"], ["Event", "Fair"], "Taiwan (China)"),
        ("vi", NAME["vi"], ["Sự kiện", "Hội chợ"], "Đài Loan (Trung Quốc)"),
    ):
        (entry,) = (await entries(api, language=language)).values()
        assert entry["SUMMARY"] == title
        assert [str(it) for it in entry["CATEGORIES"].cats] == labels
        assert entry["LOCATION"] == place


async def test_a_delegation_is_an_entry_too(api: AsyncClient) -> None:
    lead = await made(api, "/agencies", agency())
    body = delegation(
        title={"lo": "ຄະນະຜູ້ແທນ"},
        lead_agency_id=lead["id"],
        when="2026-12-01",
        direction=None,
        countries=["LA", "TH"],
    )
    record = await made(api, "/delegations", body)
    patched = await api.patch(f"/delegations/{record['id']}", json={"note": "x"}, headers=HERE)
    (entry,) = (await entries(api)).values()
    assert (entry["SUMMARY"], entry["SUMMARY"].params["LANGUAGE"]) == ("ຄະນະຜູ້ແທນ", "lo")
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2026, 12, 1), date(2026, 12, 2))
    assert entry["SEQUENCE"] == patched.json()["version"] == 2
    assert entry["LOCATION"] == "Lào, Thái Lan"
    assert [str(it) for it in entry["CATEGORIES"].cats] == ["Đoàn"]
    assert str(entry["DESCRIPTION"]).split("\n") == [
        "Cơ quan chủ trì: Sở Ngoại vụ tỉnh Sơn La",
        "Trưởng đoàn: Vice Chairman",
        "Trạng thái: Dự thảo",
    ]


@pytest.mark.parametrize(
    "text", ["a\r\nb\rc", "x\x7fy", "á" * 200, "💣" * 60, "\\n;,\\", "ຫົວ\u0301" * 40]
)
async def test_odd_text_is_read_again(api: AsyncClient, text: str) -> None:
    await made(api, "/events", event(name={"vi": text}, place=None))
    (entry,) = (await entries(api)).values()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
    assert entry["SUMMARY"] == lines


async def test_what_no_day_places_is_left_out_and_counted(api: AsyncClient) -> None:
    for when in (
        "2026-H1",
        "2026-05",
        "2026",
        "2026-01-01/..",
        "2026-01-01/2026-02",
        None,
        {"duration": "P3D", "from": "the invitation"},
        "9999-12-31",
    ):
        await made(api, "/events", event(when=when))
    await made(api, "/delegations", delegation(when="2025-Q4"))
    kept = await made(api, "/events", event(when="2026-02-27/2026-03-01"))
    for query, found, left_out in (
        ({}, 1, 9),
        ({"period": "2026-03-01"}, 1, 5),  # those of this year that overlap, and the undated
        ({"period": "2026-03-02"}, 0, 5),
        ({"period": "2025-12", "resource": "delegations"}, 0, 1),
    ):
        answer = await fetched(api, **query)
        calendar = Calendar.from_ical(answer.content)
        shown = [str(entry["UID"]) for entry in calendar.walk("VEVENT")]
        assert shown == [kept["id"]] * found, query
        counted = int(answer.headers["x-not-placed"])
        assert counted == int(calendar["X-SONLA-NOT-PLACED"]), query
        assert counted == left_out, query


async def test_states_are_told(api: AsyncClient, database: "Connection[Any]") -> None:
    ids = {}
    for state in EventState:
        ids[state] = (await made(api, "/events", event()))["id"]
        await database.execute("update events set state = $1 where id = $2", state, ids[state])
    refused = (await made(api, "/delegations", delegation()))["id"]
    await database.execute("update delegations set state = 'refused'")
    found = await entries(api)
    assert {state: found[id_]["STATUS"] for state, id_ in ids.items()} == {
        "planned": "TENTATIVE",
        "postponed": "TENTATIVE",
        "cancelled": "CANCELLED",
        "held": "CONFIRMED",
        "recorded": "CONFIRMED",
    }
    assert found[refused]["STATUS"] == "CANCELLED"


async def test_it_is_narrowed_as_lists_are(api: AsyncClient, as_actor: Callable[..., Any]) -> None:
    own = (await made(api, "/agencies", agency(key="own")))["id"]
    owner = await as_actor(agency="own", role="officer")
    lead = (await made(owner, "/agencies", agency(visibility="agency")))["id"]
    ids = {
        "fair": await made(owner, "/events", event(country="CN")),
        "forum": await made(api, "/events", event(kind="forum", when="2025-01-01")),
        "out": await made(owner, "/delegations", delegation(lead_agency_id=lead)),
        "in": await made(owner, "/delegations", delegation(direction="inbound", countries=["FR"])),
    }
    names = {record["id"]: name for name, record in ids.items()}
    for query, expected in (
        ({"resource": "events"}, {"fair", "forum"}),
        ({"kind": ["forum", "inbound"]}, {"forum", "in"}),
        ({"country": ["CN", "LA"]}, {"fair", "out"}),
        ({"agency_id": own}, {"fair", "out", "in"}),
        ({"agency_id": [lead, lead]}, {"out"}),
        ({"period": "2026-12"}, {"out", "in"}),
        ({"period": "2025/2026-09-16", "kind": ["fair", "forum"]}, {"fair", "forum"}),
    ):
        assert {names[id_] for id_ in await entries(api, **query)} == expected, query
    # An agency that one may not see is none to ask for.
    outsider = await as_actor("calendar:read events:read delegations:read")
    assert set(await entries(outsider)) == set(names)
    assert await entries(outsider, agency_id=lead) == {}
    # What a key may not read is not in its calendar, and may not be asked for.
    reader = await as_actor("calendar:read events:read")
    assert {names[id_] for id_ in await entries(reader)} == {"fair", "forum"}
    refused = await reader.get("/calendar.ics", params={"resource": "delegations"})
    assert refused.json()["permission"] == "delegations:read"
    for query, status in (({"kind": "x"}, 422), ({"colour": "red"}, 400)):
        assert (await api.get("/calendar.ics", params=query)).status_code == status


async def test_strangers_see_what_is_public(api: AsyncClient, stranger: AsyncClient) -> None:
    hidden = await made(api, "/partners", partner("Bí danh"))
    body = event(partners=[{"partner_id": hidden["id"]}], **PUBLIC)
    shown = await made(api, "/events", body)
    lead = await made(api, "/agencies", agency(name={"vi": "Cơ quan kín"}))
    visit = await made(api, "/delegations", delegation(lead_agency_id=lead["id"], **PUBLIC))
    await made(api, "/events", event(name={"vi": "Nội bộ"}))
    await made(api, "/delegations", delegation(title={"vi": "Nội bộ"}))
    answer = await fetched(stranger)
    assert set(await entries(stranger)) == {shown["id"], visit["id"]}
    for secret in ("Bí danh", "Cơ quan kín", "Nội bộ"):
        assert secret not in answer.text.replace("\r\n ", "")
    assert "Bí danh" in (await fetched(api)).text
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "text/calendar; charset=utf-8",
        "no-cache",
    )
    assert (await entries(stranger, period="1999")) == {}  # valid without an entry too


async def test_it_is_sent_again_when_it_has_changed(
    api: AsyncClient, stranger: AsyncClient, as_actor: Callable[..., Any]
) -> None:
    host = await made(api, "/partners", partner(**PUBLIC))
    record = await made(api, "/events", event(partners=[{"partner_id": host["id"]}], **PUBLIC))
    known: dict[str, str] = {}

    async def status(client: AsyncClient, **query: Any) -> int:
        headers = {"If-None-Match": known.get("etag", "x"), "Accept": "text/calendar"}
        answer = await client.get("/calendar.ics", params=query, headers=headers)
        if answer.status_code == 304:
            assert answer.content == b""
            assert answer.headers["cache-control"] == "private, no-cache"
        known["etag"] = answer.headers["etag"]
        return answer.status_code

    assert [await status(api) for _ in range(3)] == [200, 304, 304]
    for path, patch in (
        (f"/events/{record['id']}", {"when": "2026-09-17"}),
        (f"/partners/{host['id']}", {"name": {"en": "Khamphouan"}}),
        (f"/events/{record['id']}", {"when": "2026-H2"}),
    ):
        assert (await api.patch(path, json=patch, headers=HERE)).is_success
        assert [await status(api), await status(api)] == [200, 304], patch
    assert [await status(api, language="en"), await status(api, language="en")] == [200, 304]
    away = await api.delete(f"/events/{record['id']}", headers=HERE)
    assert (away.status_code, await status(api, language="en")) == (204, 200)
    head = await api.head("/calendar.ics")
    assert (head.status_code, head.content, head.headers["x-not-placed"]) == (200, b"", "0")


async def test_a_long_calendar_has_each_entry_once(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    number = 2 * _AT_ONCE
    await database.execute(
        'insert into events (id, version, kind, name, "when", state, visibility) select'
        ' gen_random_uuid(), 1, \'fair\', \'{"vi": "Hội chợ", "en": null, "lo": null}\','
        " '\"2026-01-01\"', 'held', 'internal' from generate_series(1, $1)",
        number,
    )
    await made(api, "/delegations", delegation())
    content = (await fetched(api)).content
    uids = [line for line in content.split(b"\r\n") if line.startswith(b"UID:")]
    assert len(uids) == len(set(uids)) == number + 1
    assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")


async def test_what_has_no_first_day_stands_in_no_calendar(api: AsyncClient) -> None:
    """A month or quarter with an open end is as long as a day, letter by letter."""
    for when in ("../2024-01", "../2024-Q1", "../2024-H1", "2024-Q1/.."):
        await made(api, "/events", event(name=NAME, when=when))
    assert await entries(api) == {}
    assert (await fetched(api)).headers["x-not-placed"] == "4"
