"""Every field of every line of the real input is found again through the API."""

import json
from collections.abc import Callable
from typing import Any

from httpx import AsyncClient

from sonla_api.dataset import FOLDER
from sonla_api.imports.mapping import (
    AGREEMENT_KINDS,
    LEVELS,
    PARTNER_KINDS,
    RELATION_KINDS,
    RULES,
    STAGES,
    STATES,
)
from sonla_api.kit.period import precision

Line = dict[str, Any]
Found = Callable[[Line, Line], Any]
"""What the API says for a field: from the record and, where a rule needs it, the line."""


def _field(name: str) -> Found:
    return lambda record, _: record[name]


def _text(name: str) -> Found:
    """A text that is null in the other languages."""
    return lambda record, _: {k: v for k, v in record[name].items() if v is not None}


def _code(name: str, codes: dict[str, str]) -> Found:
    back = {ours: theirs for theirs, ours in codes.items()}
    return lambda record, _: back.get(record[name], record[name])


def _printed(name: str) -> Found:
    return lambda record, _: record["printed"].get(name)


def _flags(record: Line, _: Line) -> list[str]:
    return [flag["code"] for flag in record["flags"] if flag["origin"] == "source"]


def _cited(record: Line) -> list[str]:
    return [KEYS[citation["source"]["id"]] for citation in record["sources"]]


def _precision(name: str) -> Found:
    return lambda record, _: precision(record[name]) if record[name] else None


def _country(record: Line, line: Line) -> str | None:
    return None if "countries" in line else next(iter(record["countries"]), None)


def _parties(role: str | None) -> Found:
    """The keys of those who take part in this role."""

    def found(record: Line, _: Line) -> list[str]:
        parties = [p for p in record["participants"] if p["role"] == role]
        return [KEYS[(p["partner"] or p["agency"])["id"]] for p in parties]

    return found


def _sites(record: Line, _: Line) -> list[str]:
    return [KEYS[named["site"]["id"]] for named in record["sites"]]


def _named(name: str) -> Found:
    """The key of the record that a field names."""
    return lambda record, _: record[name] and KEYS[record[name]["id"]]


def _level(record: Line, line: Line) -> str | None:
    """The one level that a line tells, of which no period is known."""
    (status,) = record["status"]
    assert (status["valid"], status["basis"], record["location"]) == (None, None, None)
    assert record["level_dating"] in {"source", "undated"}
    assert record["level"] == status["level"]
    return str(status["level"])


def _milestone(name: str) -> Found:
    """Of the start of construction, which is all that lines tell."""

    def found(record: Line, _: Line) -> Any:
        (started,) = record["milestones"]
        assert started["name"]["en"] == "Start of construction"
        return started[name]

    return found


def _period(name: str) -> Found:
    return lambda record, _: isinstance(record["period"], dict) and record["period"][name]


def _fixed_period(record: Line, _: Line) -> str | None:
    return None if isinstance(record["period"], dict) else record["period"]


def _location(record: Line, _: Line) -> str | None:
    return next((place["name"]["en"] for place in record["locations"]), None)


def _amounts(record: Line, _: Line) -> list[Line]:
    """What its transactions say: each original, and the same in other currencies."""
    found = []
    for one in record["transactions"]:
        assert (one["type"], one["on"], one["visibility"]) == ("stated", None, "public")
        assert [c["source"]["id"] for c in one["sources"]] == [
            c["source"]["id"] for c in record["sources"]
        ]
        for part in ({**one["value"], "qualifier": one["qualifier"]}, *one["equivalents"]):
            said = {"value": part["amount"], "currency": part["currency"]}
            found.append(said | ({"qualifier": part["qualifier"]} if part["qualifier"] else {}))
    return found


def _state(codes: dict[str, str]) -> Found:
    """The state is what the word of the source means, and that stands beside it."""

    def found(record: Line, _: Line) -> Any:
        word = record["printed"]["state"]
        return word if record["state"] == codes.get(word, word) else record["state"]

    return found


def _sides(name: str) -> Found:
    """The keys of the parties on one side."""
    return lambda record, _: [KEYS[p[name]["id"]] for p in record["parties"] if p[name]]


def _only_partner(record: Line, line: Line) -> str | None:
    partners = _sides("partner")(record, line)
    return partners[0] if len(partners) == 1 else None


TOLD = {"agreements", "projects"}
"""Whose lines tell how far they are."""
KEYS: dict[str, str] = {}
"""The key behind each id; filled from the API."""
CITED: dict[str, Found] = {
    "source": lambda record, _: _cited(record)[0],
    "more_sources": lambda record, _: _cited(record)[1:],
    "flags": _flags,
    "parent": lambda record, _: record["parent"] and KEYS[record["parent"]["id"]],
}
PLAIN = {name: _field(name) for name in ("key", "note", "kind")}
WALKS: dict[str, dict[str, Found]] = {
    "sources": PLAIN
    | {name: _field(name) for name in ("title", "publisher", "url", "published_on", "covers")}
    | {"language": _field("language"), "published_as": _printed("published_on")},
    "agencies": PLAIN | CITED | {"name": _text("name"), "valid_to": _field("valid_to")},
    "partners": PLAIN
    | CITED
    | {name: _field(name) for name in ("aliases", "country", "subdivision")}
    | {"kind": _code("kind", PARTNER_KINDS), "name": _text("name")}
    | {"relation": lambda record, _: _code("kind", RELATION_KINDS)(record["relation"], {})},
    "documents": PLAIN
    | CITED
    | {
        "number": _field("symbol"),
        "type": _field("type"),
        "issuer": lambda record, _: KEYS[record["issuer"]["id"]],
        "issued_on": _field("issued_on"),
        "subject": _text("subject"),
        "implements": lambda record, _: [
            KEYS[link["document"]["id"]] for link in record["links"] if link["kind"] == "implements"
        ],
    },
    "agreements": PLAIN
    | CITED
    | {
        "title": _text("title"),
        "kind": _code("kind", AGREEMENT_KINDS),
        "level": _field("on_behalf_of"),
        "partner": _only_partner,
        "partners": _sides("partner"),
        "parties_vn": _sides("agency"),
        "country": _country,
        "subdivision": _field("subdivision"),
        "period": _field("effective"),
        "signed": _field("signed_on"),
        "date_precision": _precision("signed_on"),
        "state": _state(STATES),
        "signatory_positions": lambda record, _: [s["position"] for s in record["signatories"]],
    },
    "plans": PLAIN | CITED | {"document": lambda record, _: KEYS[record["document"]["id"]]},
    "tasks": PLAIN
    | CITED
    | {name: _field(name) for name in ("code", "period", "markets")}
    | {"title": _text("title"), "plan": lambda record, _: KEYS[record["plan"]["id"]]},
    "indicators": PLAIN
    | {"code": _field("code"), "unit": _field("unit"), "name": _text("name"), "flags": _flags}
    | {"scope": lambda record, _: record["coverage"]["en"]},
    "observations": PLAIN
    | CITED
    | {name: _field(name) for name in ("period", "value", "value_kind", "qualifier")}
    | {name: _field(name) for name in ("change_yoy", "as_of")}
    | {"indicator": lambda record, _: KEYS[record["indicator"]["id"]]},
    "delegations": PLAIN
    | CITED
    | {name: _field(name) for name in ("direction", "channel", "purpose", "subdivision")}
    | {name: _field(name) for name in ("head_position", "host_position", "place", "outcomes")}
    | {
        "title": _text("title"),
        "level": _code("level", LEVELS),
        "partners": lambda record, _: [KEYS[p["partner"]["id"]] for p in record["partners"]],
        "country": _country,
        "countries": _field("countries"),
        "date": _field("when"),
        "date_as_printed": _printed("when"),
        "date_precision": _precision("when"),
    },
    "sites": PLAIN
    | CITED
    | {name: _field(name) for name in ("country", "subdivision", "borders")}
    | {
        "name": _text("name"),
        "class": _level,
        "counterpart": _named("pair"),
        "part_of": _named("parent"),
        "established": _field("established_on"),
        "opened": _field("opened_on"),
    },
    "events": PLAIN
    | CITED
    | {name: _field(name) for name in ("role", "country", "place", "channel")}
    | {
        "name": _text("name"),
        "date": _field("when"),
        "date_precision": _precision("when"),
        "partners": lambda record, _: [KEYS[p["partner"]["id"]] for p in record["partners"]],
        "result": lambda record, _: _text("text")(record["results"], {}),
        "sites": _sites,
    },
    "projects": PLAIN
    | CITED
    | {
        "title": _text("title"),
        "stage": _state(STAGES),
        "construction_started": _milestone("actual"),
        "date_precision": lambda record, _: precision(_milestone("actual")(record, {})),
        "days_ahead_of_plan": _milestone("days_early_as_stated"),
        "period": _fixed_period,
        "duration": _period("duration"),
        "duration_from": _period("from"),
        "location": _location,
        "components": _field("components"),
        "sector": lambda record, _: record["sectors"][0]["code"],
        "part_of": lambda record, _: record["parent"] and KEYS[record["parent"]["id"]],
        "donors": _parties("funding"),
        "investors": _parties("investor"),
        "contractors": _parties("contractor"),
        "beneficiaries": _parties("beneficiary"),
        "agencies": _parties(None),
        "documents": lambda record, _: [KEYS[b["document"]["id"]] for b in record["legal_basis"]],
        "agreements": lambda record, _: [KEYS[a["agreement"]["id"]] for a in record["agreements"]],
        "sites": _sites,
        "amounts": _amounts,
    },
}


async def _all(api: AsyncClient, path: str) -> list[Line]:
    records: list[Line] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = (await api.get(path, params=query)).json()
        records += page["items"]
        if not page["next_cursor"]:
            return records
        query["cursor"] = page["next_cursor"]


async def _found(api: AsyncClient) -> dict[str, dict[str, Line]]:
    """What the API has, by resource and key; a partner with its relation."""
    found = {name: {r["key"]: r for r in await _all(api, f"/{name}")} for name in WALKS}
    KEYS.update({r["id"]: r["key"] for records in found.values() for r in records.values()})
    for relation in await _all(api, "/partner-relations"):
        partner = found["partners"][KEYS[relation["partner"]["id"]]]
        assert (relation["state"], "relation" in partner) == ("recorded", False)
        partner["relation"] = relation
    for project in found["projects"].values():
        project["transactions"] = []
    for one in sorted(await _all(api, "/transactions"), key=lambda one: str(one["key"])):
        found["projects"][KEYS[one["project"]["id"]]]["transactions"].append(one)
    return found


def _missed(found: dict[str, dict[str, Line]], name: str, lines: list[Line]) -> list[str]:
    """The fields that are not found again as they stand in the file."""
    missed = []
    for line in lines:
        record = found[name].get(line["key"], {})
        for field, value in line.items():
            walk = WALKS[name].get(field)
            if not record or walk is None or walk(record, line) != value:
                missed.append(f"{name} {line['key']}: {field}")
    return missed


def _lines(name: str) -> list[Line]:
    """Those of plans hold their tasks, which have keys and sources after them."""
    file = "plans" if name == "tasks" else name
    lines: list[Line] = json.loads((FOLDER / f"{file}.json").read_text())
    if name == "indicators":
        return [{"key": line["code"], **line} for line in lines]
    if name == "observations":
        named = ("indicator", "period", "source")
        return [{"key": ":".join(line[n] or "-" for n in named), **line} for line in lines]
    if name == "plans":
        return [
            {"key": line["document"]} | {k: v for k, v in line.items() if k != "tasks"}
            for line in lines
        ]
    if name == "tasks":
        return [
            {"key": f"{line['document']}#{task['code']}"}
            | {"plan": line["document"], "source": line["source"], **task}
            for line in lines
            for task in line["tasks"]
        ]
    return lines


async def test_every_field_of_every_line_is_found_again(
    loaded: None, api: AsyncClient, stranger: AsyncClient
) -> None:
    walked = {name: _lines(name) for name in WALKS}
    found: dict[str, dict[str, Line]] = {}
    for caller in (api, stranger):
        found = await _found(caller)
        assert [name for name in WALKS if _missed(found, name, walked[name])] == []
        assert {name: len(records) for name, records in found.items()} == {
            name: len(lines) for name, lines in walked.items()
        }
        for name in WALKS:
            for record in found[name].values():
                assert (record["visibility"], record["owner_agency"]) == ("public", None)
                assert record.get("state", "recorded") == "recorded" or name in TOLD
    # The walk itself can fail: a value changed anywhere is missed.
    for name, lines in walked.items():
        for line in lines:
            for field in line:
                changed = [line | {field: ["another value"]}] if field != "key" else []
                assert len(_missed(found, name, changed)) == len(changed), (name, field)
    assert _missed(found, "partners", [{"key": "la-ho", "population": 1}])


def test_the_rules_without_a_field_are_few() -> None:
    assert {file: set(fields) for file, fields in RULES.items()} == {
        "agreements.json": {"partner", "date_precision"},
        "delegations.json": {"date_precision"},
        "events.json": {"date_precision"},
        "plans.json": {"tasks"},
        "projects.json": {"amounts", "date_precision"},
    }


async def test_a_loan_shows_what_is_known_of_its_money(loaded: None, stranger: AsyncClient) -> None:
    """In both currencies, the original marked; its length floats; the doubt is the source's."""
    (loan,) = (await stranger.get("/projects", params={"key": "afd-urban"})).json()["items"]
    assert loan["period"] == {"duration": "P4Y", "from": "signing of the agreement"}
    assert (loan["state"], loan["components"]) == ("preparation", 5)
    assert loan["totals"] == [
        {"currency": "VND", "amount": "970000000000", "type": "stated", "transactions": 1}
    ]
    assert [(flag["code"], flag["origin"]) for flag in loan["flags"]] == [
        ("amount_conflict", "source")
    ]
    money = await stranger.get("/transactions", params={"project_id": loan["id"]})
    (stated,) = money.json()["items"]
    assert (stated["key"], stated["value"]["currency"]) == ("afd-urban#1", "VND")
    assert stated["equivalents"] == [
        {"amount": "35200000", "currency": "EUR", "qualifier": "equivalent"}
    ]
    ruled = [
        (project["key"], flag["code"])
        for project in (await stranger.get("/projects", params={"limit": 200})).json()["items"]
        for flag in project["flags"]
        if flag["origin"] == "rule"
    ]
    assert ruled == []


async def test_a_rule_doubts_the_date_of_one_document_alone(
    loaded: None, stranger: AsyncClient
) -> None:
    """The plan that a page on the first half of 2025 tells of is printed as of November."""
    query = {"code": "date_conflict", "origin": "rule", "limit": 200}
    (found,) = (await stranger.get("/data-quality", params=query)).json()["items"]
    record = (await stranger.get(f"http://test{found['href']}")).json()
    assert (record["key"], record["issued_on"]) == ("220/KH-UBND", "2025-11-05")
    assert "2025-11-05" in found["why"]["vi"]
    assert "2025-06-30" in found["why"]["vi"]
    assert [line for line in _lines("documents") if "date_conflict" in line.get("flags", [])] == []


async def test_a_plan_shows_why_it_exists(loaded: None, stranger: AsyncClient) -> None:
    found = (await stranger.get("/documents/resolve", params={"symbol": "152/KH-UBND"})).json()
    (plan,) = found["items"]
    basis = (await stranger.get(f"/documents/{plan['id']}/basis")).json()["items"]
    assert {item["key"] for item in basis} == {"153/NQ-CP", "311-KH/TU", "59-NQ/TW"}
    (root,) = [item for item in basis if item["key"] == "59-NQ/TW"]
    effects: dict[str, set[str]] = {}
    for item in (await stranger.get(f"/documents/{root['id']}/effects")).json()["items"]:
        effects.setdefault(item["resource"], set()).add(item["symbol"])
    assert effects == {
        "documents": {"153/NQ-CP", "311-KH/TU", "152/KH-UBND"},
        "plans": {"152/KH-UBND"},
        "tasks": {str(number) for number in range(1, 17)},
    }
    everything = (await stranger.get("/documents", params={"limit": 200})).json()["items"]
    assert [item["key"] for item in everything if item["symbol"] and not item["canonical"]] == []


async def test_a_plan_shows_its_tasks_and_what_is_not_known(
    loaded: None, stranger: AsyncClient
) -> None:
    """No source says who leads the tasks of 152/KH-UBND, nor by when they are due."""
    (plan,) = (await stranger.get("/plans", params={"key": "152/KH-UBND"})).json()["items"]
    assert plan["document"]["symbol"] == "152/KH-UBND"
    of_plan = {"plan_id": plan["id"], "sort": "code", "count": "exact"}
    page = (await stranger.get("/tasks", params=of_plan)).json()
    tasks = page["items"]
    assert page["total"] == 16
    assert [task["code"] for task in tasks] == [str(number) for number in range(1, 17)]
    for task in tasks:
        assert (task["lead_agency"], task["due"], task["due_on"]) == (None, None, None)
        assert (task["health"], task["agencies"], task["percent"]) == ("unassigned", 0, 0)
    assert [task["markets"] for task in tasks if task["markets"]] == [
        ["ASEAN", "JP", "KR", "Middle East", "US", "EU"]
    ]


SPELLINGS = [
    "hua phan",
    "Houaphanh",
    "Hủa Phăn",
    "HOUAPHANE",
    "Huaphan",
    "Huouphan",
    "Huouphane",
    "Huaphanh",
    "hủa phăn",
]


async def test_the_records_answer_what_is_asked_of_them(
    loaded: None, stranger: AsyncClient
) -> None:
    """Houaphanh by each of its spellings, and the nine Lao provinces."""
    for spelling in SPELLINGS:
        page = (await stranger.get("/partners", params={"q": spelling, "limit": 200})).json()
        assert "la-ho" in {item["key"] for item in page["items"]}, spelling
    chosen: dict[str, str | bool] = {
        "kind": "cooperation",
        "partner_kind": "local_government",
        "country": "LA",
        "partner_has_parent": False,
    }
    summary = await stranger.get("/partner-relations/summary", params=chosen)
    total = summary.json()["total"]
    assert total["relations"] + total["undated"] == 9
    for address, count in ((total["href"], "relations"), (total["undated_href"], "undated")):
        listed = (await stranger.get(address.removeprefix("/api/v1"))).json()["items"]
        assert len(listed) == total[count]
