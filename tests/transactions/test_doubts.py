"""The sums of a project are held against each other whenever its money is written."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from sonla_api.kit.store import Expected, hold
from sonla_api.transactions import service
from tests.factories import agency, made, project, transaction

ANY = {"If-Match": "*"}
OVER, UNLIKE = "disbursed_above_committed", "amount_conflict"


@pytest.fixture
async def work(api: AsyncClient) -> Any:
    return await made(api, "/projects", project())


async def paid(
    api: AsyncClient, work: Any, type_: str, amount: str, *others: str, **more: Any
) -> Any:
    """`others`: currencies with amounts, the first that of the value."""
    currency, *pairs = others or ("VND",)
    body = {"type": type_, "value": {"amount": amount, "currency": currency}} | more
    equivalents = [
        dict(zip(("currency", "amount"), pairs[n : n + 2], strict=True))
        for n in range(0, len(pairs), 2)
    ]
    return await made(
        api, "/transactions", transaction(work["id"], **body, equivalents=equivalents)
    )


async def read(api: AsyncClient, work: Any) -> Any:
    return (await api.get(f"/projects/{work['id']}")).json()


async def codes(api: AsyncClient, work: Any) -> list[str]:
    return [flag["code"] for flag in (await read(api, work))["flags"]]


async def test_more_disbursed_than_committed(api: AsyncClient, work: Any) -> None:
    committed = await paid(api, work, "incoming_commitment", "100")
    await paid(api, work, "incoming_funds", "60")
    assert await codes(api, work) == []
    second = await paid(api, work, "disbursement", "40.01")
    (flag,) = (await read(api, work))["flags"]
    assert (flag["code"], flag["origin"], flag["acknowledged"]) == (OVER, "rule", None)
    assert flag["why"]["en"] == "More is disbursed than committed in VND."
    assert flag["why"]["vi"] == "Số giải ngân vượt số cam kết tính bằng VND."
    address = f"/transactions/{second['id']}"
    for patch, expected in (
        ({"value": {"amount": "40"}}, []),
        ({"value": {"amount": "41"}}, [OVER]),
        ({"type": "expenditure"}, []),
        ({"type": "disbursement"}, [OVER]),
    ):
        assert (await api.patch(address, json=patch, headers=ANY)).status_code == 200
        assert await codes(api, work) == expected, patch
    assert (await api.delete(address, headers=ANY)).status_code == 204
    assert await codes(api, work) == []
    raised = {"value": {"amount": "59"}}
    await api.patch(f"/transactions/{committed['id']}", json=raised, headers=ANY)
    assert await codes(api, work) == [OVER]


async def test_each_currency_by_itself_where_something_is_committed(
    api: AsyncClient, work: Any
) -> None:
    await paid(api, work, "incoming_commitment", "100", "EUR")
    await paid(api, work, "incoming_funds", "2700000")
    assert await codes(api, work) == []
    await paid(api, work, "outgoing_commitment", "1")
    assert await codes(api, work) == [OVER]
    await paid(api, work, "disbursement", "101", "EUR")
    (flag,) = (await read(api, work))["flags"]
    assert "EUR, VND" in flag["why"]["en"]


async def test_a_project_whose_flags_stay_keeps_its_version(api: AsyncClient, work: Any) -> None:
    await paid(api, work, "incoming_commitment", "100")
    assert (await read(api, work))["version"] == 1
    for count in range(3):
        await paid(api, work, "disbursement", "101")
        shown = await read(api, work)
        assert shown["version"] == 2, count
    history = (await api.get(f"/projects/{work['id']}/history")).json()["items"]
    assert [field["field"] for field in history[0]["fields"]] == ["flags"]
    answer = await api.patch(f"/projects/{work['id']}", json={"note": "Seen."}, headers=ANY)
    assert [flag["code"] for flag in answer.json()["flags"]] == [OVER]


async def test_money_that_moves_is_weighed_in_both_projects(api: AsyncClient, work: Any) -> None:
    other = await made(api, "/projects", project())
    for one in (work, other):
        await paid(api, one, "incoming_commitment", "100")
    moving = await paid(api, work, "disbursement", "101")
    assert [await codes(api, one) for one in (work, other)] == [[OVER], []]
    body = {"project_id": other["id"]}
    moved = await api.patch(f"/transactions/{moving['id']}", json=body, headers=ANY)
    assert moved.json()["project"]["id"] == other["id"]
    assert [await codes(api, one) for one in (work, other)] == [[], [OVER]]


async def test_who_writes_at_once_is_seen(api: AsyncClient, work: Any) -> None:
    """Each of them alone leaves the commitment as it is; the last one sees them all."""
    await paid(api, work, "incoming_commitment", "100")
    await asyncio.gather(*(paid(api, work, "disbursement", "30") for _ in range(4)))
    assert await codes(api, work) == [OVER]


async def test_money_that_was_moved_meanwhile_is_not_written(
    api: AsyncClient, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await made(api, "/projects", project())
    moving = await paid(api, work, "disbursement", "1")
    address = f"/transactions/{moving['id']}"
    whole = service._stays

    async def raced(ctx: Any, id_: Any, expected: Expected, before: Any) -> None:
        monkeypatch.setattr(service, "_stays", whole)
        body = {"project_id": other["id"]}
        assert (await api.patch(address, json=body, headers=ANY)).status_code == 200
        await whole(ctx, id_, expected, before)

    # The project is held already, so another one may move it only before that.
    monkeypatch.setattr(service, "hold", _holding_nothing(monkeypatch))
    monkeypatch.setattr(service, "_stays", raced)
    answer = await api.patch(address, json={"note": "x"}, headers=ANY)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert (await api.get(address)).json()["note"] is None


def _holding_nothing(monkeypatch: pytest.MonkeyPatch) -> Any:
    async def nothing(*_: Any) -> list[Any]:
        monkeypatch.setattr(service, "hold", hold)
        return []

    return nothing


async def test_a_writer_who_may_not_write_the_project_weighs_it_all_the_same(
    api: AsyncClient, as_actor: Any, work: Any
) -> None:
    await made(api, "/agencies", agency(key="board"))
    board = await as_actor("projects:read transactions:read transactions:write", agency="board")
    await paid(api, work, "incoming_commitment", "100")
    await paid(board, work, "disbursement", "101")
    assert await codes(api, work) == [OVER]


@pytest.mark.parametrize(
    ("of_project", "of_money", "expected"),
    [
        ("public", "public", [OVER]),
        ("public", "internal", []),
        ("public", "agency", []),
        ("internal", "public", [OVER]),
        ("internal", "internal", [OVER]),
        ("internal", "agency", []),
        ("agency", "internal", [OVER]),
        ("agency", "agency", [OVER]),
    ],
)
async def test_flags_tell_nothing_that_readers_of_the_project_may_not_see(
    api: AsyncClient, of_project: str, of_money: str, expected: list[str]
) -> None:
    owner = (await made(api, "/agencies", agency()))["id"]
    body = project(visibility=of_project, owner_agency_id=owner)
    work = await made(api, "/projects", body)
    same = {"visibility": of_money, "owner_agency_id": owner}
    await paid(api, work, "incoming_commitment", "100", **same)
    await paid(api, work, "disbursement", "101", **same)
    assert await codes(api, work) == expected
    if of_project == "public" and of_money == "internal":
        inner = {"visibility": "internal"}
        shown = await api.patch(f"/projects/{work['id']}", json=inner, headers=ANY)
        assert [flag["code"] for flag in shown.json()["flags"]] == [OVER]


async def test_flags_tell_nothing_to_agencies_that_take_part_and_may_not_see_the_money(
    api: AsyncClient, as_actor: Any
) -> None:
    ours, theirs = [(await made(api, "/agencies", agency(key=k)))["id"] for k in ("ours", "theirs")]
    hidden = {"visibility": "agency", "owner_agency_id": ours}
    work = await made(api, "/projects", project(**hidden))
    await paid(api, work, "incoming_commitment", "100", **hidden)
    await paid(api, work, "disbursement", "101", **hidden)
    assert await codes(api, work) == [OVER]
    reader = await as_actor("projects:read transactions:read", agency="theirs")
    for participants, expected in (
        ([{"agency_id": theirs, "role": "implementing"}], []),
        ([{"agency_id": ours, "role": "implementing"}], [OVER]),
        ([{"agency_id": theirs, "role": "implementing"}], []),
    ):
        patch = {"participants": participants}
        answer = await api.patch(f"/projects/{work['id']}", json=patch, headers=ANY)
        assert [flag["code"] for flag in answer.json()["flags"]] == expected
    money = await reader.get(f"/transactions?project_id={work['id']}")
    assert money.json()["items"] == []
    assert await codes(reader, work) == []
    await paid(api, work, "disbursement", "1", **hidden)
    assert await codes(api, work) == []


async def test_amounts_in_two_currencies_that_do_not_fit(api: AsyncClient, work: Any) -> None:
    first = await paid(api, work, "stated", "8200000000", "VND", "USD", "328000")
    assert await codes(api, work) == []
    await paid(api, work, "stated", "219750", "USD", "VND", "5000000000")  # 22,753
    await paid(api, work, "stated", "0", "USD", "VND", "0")
    await paid(api, work, "stated", "970000000000", "VND", "EUR", "35200000")
    assert await codes(api, work) == []
    wrong = await paid(api, work, "stated", "5000000000", "VND", "USD", "2197500")
    (flag,) = (await read(api, work))["flags"]
    assert (flag["code"], flag["origin"]) == (UNLIKE, "rule")
    assert "USD/VND" in flag["why"]["en"]
    assert "hơn một phần năm" in flag["why"]["vi"]
    assert "EUR" not in flag["why"]["vi"]
    assert (await api.delete(f"/transactions/{wrong['id']}", headers=ANY)).status_code == 204
    assert await codes(api, work) == []
    twice = [{"currency": "USD", "amount": a} for a in ("328000", "428000")]
    await api.patch(f"/transactions/{first['id']}", json={"equivalents": twice}, headers=ANY)
    assert await codes(api, work) == [UNLIKE]


async def test_what_a_source_says_of_the_amounts_is_said_once(api: AsyncClient) -> None:
    told = [{"code": UNLIKE, "origin": "source"}]
    work = await made(api, "/projects", project(flags=told))
    await paid(api, work, "stated", "100", "VND", "USD", "1", "USD", "2")
    flags = (await read(api, work))["flags"]
    assert [(flag["code"], flag["origin"]) for flag in flags] == [(UNLIKE, "source")]


async def test_a_commitment_sent_twice_counts_once(api: AsyncClient, work: Any) -> None:
    body = transaction(work["id"], type="disbursement")
    for _ in range(2):
        answer = await api.post("/transactions", json=body, headers={"Idempotency-Key": "one"})
        assert answer.status_code == 201
    totals = (await read(api, work))["totals"]
    assert [total["transactions"] for total in totals] == [1]
