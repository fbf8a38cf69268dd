"""Every list of codes that the API uses, with its labels in both languages."""

import json
from importlib.resources import files
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from sonla_api.code_lists.queries import ENUMS, NAMES, code_list
from sonla_api.kit.codes import CodeList
from sonla_api.kit.formats import MEDIA_TYPES
from sonla_api.kit.model import Resource
from sonla_api.main import create_app
from sonla_api.settings import Settings, SettingsError
from tests.factories import delegation, made, partner

NAMES_OF_FIELDS = {
    "AgreementGap",
    "AgreementGrouping",
    "ObservationGap",
    "PartnerGap",
    "PartnerGrouping",
    "PlanGap",
    "TaskGap",
    "CalendarResource",
    "TextLanguage",
    "Gap",
    "RelationGap",
    "DelegationGrouping",
    "DoubtGrouping",
    "EventGap",
    "EventGrouping",
    "RelationGrouping",
    "TradeGrouping",
    "ProjectGap",
    "ProjectGrouping",
    "propertyNames",
}
"""Enums of the API that name fields of a record rather than codes of a list."""
EXAMPLES = {
    "agency-kinds": ("department", "Department", "Sở"),
    "delegation-directions": ("outbound", "Outbound", "Đoàn ra"),
    "partner-relation-states": ("dormant", "Dormant", "Tạm lắng"),
    "countries": ("LA", "Laos", "Lào"),
    "currencies": ("VND", "Vietnamese Dong", "Đồng Việt Nam"),
    "languages": ("lo", "Lao", "Tiếng Lào"),
    "subdivisions": ("LA-HO", "Houaphan", "Houaphan"),
}


async def read(api: AsyncClient, name: str) -> dict[str, tuple[str, str]]:
    found = await api.get(f"/code-lists/{name}")
    assert found.status_code == 200, found.text
    assert found.json()["name"] == name
    return {item["code"]: (item["en"], item["vi"]) for item in found.json()["items"]}


def ours() -> set[type[CodeList]]:
    return {kind for kind in CodeList.__subclasses__() if kind.__module__.startswith("sonla_api")}


def test_every_list_of_the_code_is_served() -> None:
    assert ours() == set(ENUMS.values())
    assert len(set(ENUMS.values())) == len(ENUMS)


def enums_in(described: Any) -> dict[str, set[str]]:
    """Every enumeration in the description: where it stands, and its values."""
    found: dict[str, set[str]] = {}

    def walk(place: str, part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("enum"), list):
                found[place] = set(part["enum"])
            for name, value in part.items():
                if name not in {"example", "examples"}:
                    walk(f"{place}/{name}", value)
        elif isinstance(part, list):
            for number, value in enumerate(part):
                walk(f"{place}/{number}", value)

    walk("", described)
    return found


async def test_every_enum_of_the_description_is_served(app: FastAPI, api: AsyncClient) -> None:
    served = [set(await read(api, name)) for name in ENUMS]
    # The forms of lists and of reports are no codes of records.
    served += [{"json", *MEDIA_TYPES}, {"json", "docx", "pdf", "xlsx"}]
    served += [{model.__tablename__ for model in Resource.__subclasses__()}]
    found = enums_in(app.openapi())
    assert len(found) > len(NAMES_OF_FIELDS)
    for place, values in found.items():
        if place.rpartition("/")[2] not in NAMES_OF_FIELDS:
            assert any(values <= codes for codes in served), (place, values)


async def test_the_lists_are_listed_with_their_addresses(api: AsyncClient) -> None:
    items = (await api.get("/code-lists")).json()["items"]
    assert [item["name"] for item in items] == NAMES == sorted(NAMES)
    for item in items:
        assert (await api.get(item["href"].removeprefix("/api/v1"))).status_code == 200


@pytest.mark.parametrize("name", NAMES)
async def test_every_code_has_labels_in_both_languages(api: AsyncClient, name: str) -> None:
    labels = await read(api, name)
    assert labels
    assert [code for code, (en, vi) in labels.items() if not (en.strip() and vi.strip())] == []
    if name in ENUMS:
        assert list(labels) == [member.value for member in ENUMS[name]]


@pytest.mark.parametrize(("name", "expected"), EXAMPLES.items())
async def test_labels_are_those_of_the_field(
    api: AsyncClient, name: str, expected: tuple[str, str, str]
) -> None:
    code, *labels = expected
    assert (await read(api, name))[code] == tuple(labels)


async def test_the_label_of_a_country_is_a_setting(settings: Settings, as_actor: Any) -> None:
    api = await as_actor("code_lists:read")
    assert (await read(api, "countries"))["TW"] == ("Taiwan (China)", "Đài Loan (Trung Quốc)")
    labels = {"TW": {"en": "Chinese Taipei", "vi": "Đài Bắc Trung Hoa"}}
    given = settings.model_dump() | {"country_labels": labels}
    other = create_app(Settings(**given))
    async with other.router.lifespan_context(other):
        api._transport.app = other
        changed = await read(api, "countries")
    assert changed["TW"] == ("Chinese Taipei", "Đài Bắc Trung Hoa")
    assert changed["LA"] == ("Laos", "Lào")


@pytest.mark.parametrize("name", ["partners", "partner_kinds", "x" * 60])
async def test_an_unknown_list_is_not_found(api: AsyncClient, name: str) -> None:
    assert (await api.get(f"/code-lists/{name}")).status_code in {404, 422}
    assert code_list(name, ()) is None


async def test_every_flag_that_is_raised_has_a_label(api: AsyncClient) -> None:
    """Those of the bundled records and those of rules, as records really carry them."""
    carried: set[str] = set()
    for file in files("sonla_api.dataset").iterdir():
        if file.name.endswith(".json"):
            lines = json.loads(file.read_text())
            carried |= {code for line in lines for code in line.get("flags", [])}
    assert "year_inferred" in carried
    await made(api, "/partners", partner())
    raised = [
        await made(api, "/partners", partner()),
        await made(
            api,
            "/delegations",
            delegation(in_annual_plan=False, headcount=0, members=[{"name": "A"}]),
        ),
    ]
    of_rules = {flag["code"] for record in raised for flag in record["flags"]}
    assert len(of_rules) == 3
    assert carried | of_rules <= set(await read(api, "flag-codes"))


async def test_lists_are_open_to_strangers(stranger: AsyncClient) -> None:
    assert await read(stranger, "visibilities")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("Taipei", "SONLA_COUNTRY_LABELS: is not JSON like"),
        ('{"TW": {"en": "Chinese Taipei"}}', "SONLA_COUNTRY_LABELS: "),
        ('{"taiwan": {"en": "a", "vi": "b"}}', "SONLA_COUNTRY_LABELS: "),
    ],
)
def test_a_wrong_label_is_one_line(
    monkeypatch: pytest.MonkeyPatch, given: str, refusal: str
) -> None:
    monkeypatch.setenv("SONLA_COUNTRY_LABELS", '{"TW": {"en": "a", "vi": "b"}}')
    assert Settings.read().country_labels == {"TW": ("a", "b")}
    monkeypatch.setenv("SONLA_COUNTRY_LABELS", given)
    with pytest.raises(SettingsError) as refused:
        Settings.read()
    assert str(refused.value).startswith(refusal)
    assert "\n" not in str(refused.value)
