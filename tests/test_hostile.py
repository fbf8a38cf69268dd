"""No input brings the service down: whatever comes is understood, or refused with a reason."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient, Response

from tests import factories
from tests.conftest import Cast, Connection
from tests.routes import API, BODIES, READS, Operation, described

JSON = {"content-type": "application/json"}
ANY = {"if-match": "*"}
NESTED: Any = "x"
for _ in range(25):
    NESTED = {"a": [NESTED]}

VALUES: list[Any] = [
    "a\x00b",
    "\ud800",
    "a\udfff",
    "x" * 20_000,
    "\u0301" * 40,
    "0",
    "",
    " ",
    0,
    True,
    1e300,
    10**30,
    -(2**63),
    3.5,
    [],
    {},
    None,
    [None],
    {"\ud800": "x", "a\x00": "y", "": 1},
    {"vi": "\x00", "en": "\udc00"},
    [{"source_id": "x", "agency_id": 1, "partner_id": None, "name": []}] * 3,
    NESTED,
    "2025-02-30",
    "9999-12-31/9999-12-31",
    "' or 1=1; drop table partners; --",
]
RAW: list[bytes] = [
    b"null",
    b"true",
    b"5",
    b'"x"',
    b"[]",
    b"[[]]",
    b"{}",
    b"1e999",
    b'{"headcount": 1e999}',
    b'{"headcount": -1e999, "limit": 1E400}',
    b'{"note": "\\ud800"}',
    b'{"note": "\\u0000"}',
    b'{"\\ud800": "x"}',
    b'{"a\\u0000b": {"\\udfff": []}}',
    b'{"__proto__": {}, "__class__": "x", "constructor": {}}',
    b'{"printed": {"\\ud800": "x"}}',
    b'{"printed": {"a\\u0000": "x"}}',
    b'{"": {"": {"": null}}}',
    b'{"name": {"vi": "\\ud83d"}}',
    b'{"a/b~c": 1, "%": 2}',
    b" \t\r\n{} \n",
    b"{}{}",
    b"{'a': 1}",
    b'{"a": 01}',
    b'{"a": .5}',
    b'{"a": +1}',
    b'{"a": 0x10}',
    b'{"a": 1,}',
    b'{"a": "\x01"}',
    b'{"a": "\xc0\xaf"}',
    b'{"a": "\xed\xa0\x80"}',
]


def is_plain(answer: Response) -> bool:
    """Understood or refused: the text of a refusal is a problem, and names nothing of ours."""
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        for ours in ("asyncpg", "sqlalchemy", "Traceback", "select ", "SELECT ", "pydantic"):
            assert ours not in answer.text
        json.loads(answer.content.decode())
    return answer.status_code < 500


def refused_by_name(answer: Response) -> set[str]:
    """The fields or parameters whose values a 422 refuses, each by itself."""
    errors = answer.json()["errors"] if answer.status_code == 422 else []
    return {error["pointer"].split("/")[1] for error in errors if error["pointer"]}


@pytest.fixture
async def ids(cast: Cast, api: AsyncClient) -> dict[str, str]:
    found: dict[str, str] = await cast(factories.one_of_each, api)
    return found


def address(operation: Operation, ids: dict[str, str]) -> str:
    return f"http://test{operation.at(ids.get(operation.path.split('/')[3]))}"


def fields(operation: Operation) -> list[str]:
    schema = operation.about["requestBody"]["content"]["application/json"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    return list(described["components"]["schemas"][name]["properties"])


def surrogates(body: Any) -> bytes:
    """JSON with what Python itself cannot encode."""
    return json.dumps(body).encode()


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_every_field_with_every_kind_of_value(
    api: AsyncClient, ids: dict[str, str], operation: Operation
) -> None:
    to, names = address(operation, ids), fields(operation)

    async def plain(changed: dict[str, Any]) -> Response:
        body = surrogates({**operation.example, **changed})
        answer = await api.request(operation.method, to, content=body, headers={**JSON, **ANY})
        assert is_plain(answer), (operation, changed, answer.text)
        return answer

    for n, value in enumerate(VALUES):
        # All at once, and alone those that were not refused by name. Where a body is refused or
        # taken as a whole, some alone, so that each field meets one kind or another by itself.
        whole = await plain(dict.fromkeys(names, value))
        refused = refused_by_name(whole)
        alone = names if refused or len(names) <= 5 else names[n % 5 :: 5]
        for name in alone:
            if name not in refused:
                await plain({name: value})


@pytest.mark.parametrize("operation", BODIES, ids=str)
async def test_every_body_that_is_none(
    api: AsyncClient, ids: dict[str, str], operation: Operation
) -> None:
    for raw in RAW:
        answer = await api.request(
            operation.method, address(operation, ids), content=raw, headers={**JSON, **ANY}
        )
        assert is_plain(answer), (raw, answer.text)
        empty = {b"{}", b" \t\r\n{} \n"} if operation.method == "PATCH" else set()
        assert (answer.status_code in (400, 422)) == (raw not in empty), (raw, answer.text)


QUERIES = [
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe",
    "x" * 5000,
    "0",
    "-1",
    "9" * 40,
    "1e10",
    "NaN",
    "",
    " ",
    "2025-02-30",
    "0001-01-01",
    "9999-12-31",
    "../9999",
    "0000-00-00/..",
    "' or 1=1 --",
    "%",
    "\\",
    "null",
    "[]",
    "\u0301" * 50,
    "💣",
]


@pytest.mark.parametrize("operation", READS, ids=str)
async def test_every_parameter_with_every_kind_of_value(
    api: AsyncClient, ids: dict[str, str], operation: Operation
) -> None:
    names = [p["name"] for p in operation.about.get("parameters", []) if p["in"] == "query"]
    to = address(operation, ids)

    async def plain(*named: str, value: str | bytes) -> Response:
        # Put together here, as the client would write out the letters b, x, f and f.
        query = urlencode(dict.fromkeys(named, value))
        answer = await api.get(f"{to}{'&' if '?' in to else '?'}{query}")
        assert is_plain(answer), (named, value, answer.text)
        return answer

    for value in QUERIES:
        # Ten at once, as an address has its limit, and alone those that were not refused by name.
        for some in (names[n : n + 10] for n in range(0, len(names), 10)):
            refused = refused_by_name(await plain(*some, value=value))
            for name in some:
                if name not in refused:
                    await plain(name, value=value)
        await plain("\x00", "a[b]", value=value)
    for query in (
        "&&&===",
        "%",
        "%zz=1",
        "limit",
        "limit=1&limit=2",
        "a=" * 500,
        ";",
        "?=?",
        "[]=[]",
    ):
        assert is_plain(await api.get(f"{to}?{query}")), query


IDS = ["x", "%00", "%ff%fe", "%2e%2e%2f", "' or 1=1", "0" * 500, "{id}", "💣", "urn:uuid:x", "-1"]


async def test_every_address_with_every_kind_of_id(api: AsyncClient, stranger: AsyncClient) -> None:
    for operation in API:
        if "{" in operation.path:
            for id_ in IDS:
                path = operation.path.replace("{id}", id_).replace("{name}", id_)
                for client in (api, stranger):
                    sent = {"json": operation.example} if operation in BODIES else {}
                    answer = await client.request(
                        operation.method, f"http://test{path}", headers=ANY, **sent
                    )
                    assert is_plain(answer), (operation, id_)
                    assert answer.status_code >= 307, (operation, id_)


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/" + "a" * 8000,
        "/../../etc/passwd",
        "/partners/%2e%2e",
        "//",
        "/ ",
        "/\u0301",
        "/%ff",
        "/partners;a=b",
        "/partners%0a",
        "/partners%2f",
        "/{id}",
    ],
)
async def test_addresses_that_are_none(api: AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        answer = await api.request(method, path)
        assert answer.status_code < 500
        assert answer.status_code in {200, 204, 404, 405, 415, 422, 428}, (
            method,
            answer.status_code,
        )


HEADERS = [
    b"",
    b" ",
    b"*",
    b"\xff\xfe",
    b'"',
    b'"1',
    b"W/",
    b"9" * 5000,
    b"\t",
    b";;;,,,",
    b"q=0",
    b"a" * 60_000,
]


async def test_every_header_with_every_kind_of_value(api: AsyncClient, ids: dict[str, str]) -> None:
    to = f"/partners/{ids['partners']}"
    for name in (
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Accept",
        "Accept-Language",
        "Content-Type",
        "traceparent",
        "Origin",
        "Range",
        "Expect",
        "X-Forwarded-For",
        "Host",
        "Cookie",
    ):
        for value in HEADERS:
            headers = [(name.encode(), value)]
            for answer in (
                await api.patch(to, json={"note": "x"}, headers=headers),
                await api.post("/sources", json={"title": 1}, headers=headers),
            ):
                assert is_plain(answer), (name, value[:20], answer.text)
        assert is_plain(await api.get(to, headers=[(name.encode(), b"\xff") for _ in range(50)]))


TEXTS = {
    "composed": "Đoàn đại biểu tỉnh Sơn La",
    "decomposed": unicodedata.normalize("NFD", "Đoàn đại biểu tỉnh Sơn La"),
    "mixed": "Ho\u0302\u0323i and H\u1ed9i",
    "Lao": "ແຂວງຫົວພັນ ສາທາລະນະລັດ",
    "Thai": "น้ำ",
    "beyond the first plane": "𠮷野家 💣 👩‍👩‍👧‍👦 \U0010ffff",
    "no characters": "a\ufffe\uffff\ufdd0b",
    "right to left": "שלום \u202eabc\u202c",
    "joiners": "a\u200b\u200c\u200d\u2060b\ufeff",
    "spaces": "  two \u00a0 \u3000 three  ",
    "SQL": 'Robert\'); drop table partners; -- "x" $1 :a %s %(b)s {c}',
    "JSON": '{"a": "\\u0000", "b": [1]} \\ \\\\ \\n \\x00',
    "markup": "<script>alert(1)</script> &amp; &#0;",
    "formula": "=cmd|' /C calc'!A0",
    "ligatures": "ﬁ Å Ω ℌ",
    "Hangul": unicodedata.normalize("NFD", "한국"),
}
LINES = {"lines": "một\r\nhai\n\tba", "separators": "a\u2028b\u2029c\x85d"}


def with_text(text: str, line: str, partner_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A record of each kind with the text in every place where there may be one."""
    name = {"vi": text, "en": line, "lo": text}
    common = {
        "note": text,
        "printed": {"note": text},
        "flags": [{"code": "year_inferred", "origin": "person", "why": name}],
    }
    names = {"symbol": text[:200], "issuer": text[:500]}
    document = {"document_id": None, "issued_on": None, **names}
    yield "/sources", factories.source(title=line, publisher=line, **common)
    yield "/agencies", factories.agency(name=name, short_name=name, **common)
    yield "/partners", factories.partner() | {"name": name, "aliases": [line], **common}
    yield "/calendar-days", factories.calendar_day(name=name, announcement=document, **common)
    status = [{"level": "main", "valid": None, "basis": document}]
    yield "/sites", factories.site() | {"name": name, "aliases": [line], "status": status, **common}
    told = {"title": name, "body": name, "products": [line], "documents": [document]}
    yield "/notices", factories.notice(**told, **common)
    yield (
        "/agreements",
        factories.agreement(
            title=name,
            signatories=[{"position": line, "partner_id": None, "agency_id": None}],
            fields=[name],
            documents=[document],
            **common,
        ),
    )
    named = {"enterprises": [{"partner_id": None, "name": line}], "products": [line]}
    results = {"text": name, "contracts": None, "orders": [], "visitors": None}
    yield (
        "/events",
        factories.event(name=name, place=line, results=results, **named, **common),
    )
    ruled = {"legal_basis": [document], "kind": "leaders_at_once", "positions": [line]}
    yield "/compliance-rules", factories.compliance_rule(title=name, **ruled, **common)
    yield (
        "/partner-relations",
        factories.relation(partner_id, established_by=document | {"agreement_id": None}, **common),
    )
    yield (
        "/delegations",
        factories.delegation(
            title=name,
            purpose=text,
            head_position=line,
            host_position=line,
            place=line,
            outcomes=[text],
            decision=[document],
            **common,
        ),
    )


@pytest.mark.parametrize("kind", [*TEXTS, *LINES])
async def test_text_is_kept_exactly_in_one_form(api: AsyncClient, kind: str) -> None:
    """Whatever way it was typed: read again it is what was sent, in NFC, and so in the history."""
    partner = await factories.made(api, "/partners", factories.partner())
    text = {**TEXTS, **LINES}[kind]
    line = TEXTS.get(kind, "một dòng")
    kept = unicodedata.normalize("NFC", text)
    for path, body in with_text(text, line, partner["id"]):
        made = await api.post(path, json=body)
        assert made.status_code == 201, (path, made.text)
        to = f"{path}/{made.json()['id']}"
        read = (await api.get(to)).json()
        (change,) = (await api.get(f"{to}/history")).json()["items"]
        was = {field["field"]: field["after"] for field in change["fields"]}
        assert read["note"] == was["note"] == kept
        assert read["printed"] == was["printed"] == {"note": kept}
        for name, given in body.items():
            if name in read and name not in {"sources", "flags", "visibility"}:
                assert read[name] == shown(given), (path, name)
        again = await api.patch(to, json=body, headers=ANY)
        assert (again.status_code, again.json()["version"]) == (200, 1), path


def shown(value: Any) -> Any:
    """In NFC, and with records where their ids were given."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [shown(part) for part in value]
    if isinstance(value, dict):
        return {shown(name).removesuffix("_id"): shown(part) for name, part in value.items()}
    return value


async def test_text_of_the_greatest_length(api: AsyncClient) -> None:
    """Ten thousand characters after NFC, whichever number of bytes they take."""
    for character in ("a", "ế", "\U0001f4a3", "e\u0302\u0301"):
        longest = character * 10_000
        made = await api.post("/sources", json=factories.source(note=longest))
        assert made.status_code == 201, character
        assert made.json()["note"] == unicodedata.normalize("NFC", longest)
        longer = await api.post("/sources", json=factories.source(note=longest + character))
        assert (longer.status_code, longer.json()["errors"][0]["pointer"]) == (422, "/note")


DAYS = [
    ("0001-01-01", 422),
    ("0999-12-31", 422),
    ("9999-12-31", 422),
    ("1000-01-01", 201),
    ("9999-12-30", 201),
]


@pytest.mark.parametrize(("day", "status"), DAYS)
async def test_a_day_is_kept_exactly_or_refused(
    api: AsyncClient, ids: dict[str, str], day: str, status: int
) -> None:
    """For PostgreSQL's driver the first and the last day of Python are minus and plus infinity."""
    step = {"verb": "cancel", "on": day}
    bodies = {
        "/sources": ("published_on", factories.source(published_on=day)),
        "/agencies": ("valid_from", factories.agency(valid_from=day)),
        f"/delegations/{ids['delegations']}/transitions": ("on", step),
    }
    for path, (field, body) in bodies.items():
        answer = await api.post(path, json=body, headers=ANY)
        assert answer.status_code == status, answer.text
        if status == 201:
            assert answer.json()[field] == day
        else:
            assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    for operation in READS:
        for parameter in operation.about.get("parameters", []):
            if parameter["in"] == "query" and '"date"' in json.dumps(parameter["schema"]):
                answer = await api.get(address(operation, ids), params={parameter["name"]: day})
                assert answer.status_code == (200 if status == 201 else 422), parameter


async def test_a_problem_points_at_what_was_sent(api: AsyncClient) -> None:
    body = factories.delegation(
        members=[{"name": "A"}, {"name": 5, "person_key": "x y"}],
        cost={"planned": {"amount": 1.5, "currency": "USD"}},
        when=0,
        headcount="9",
        printed={"title": "\x00"},
        title={"vi": 7, "fr": "x"},
    )
    answer = await api.post("/delegations", json=body)
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {
        "/members/1/name",
        "/members/1/person_key",
        "/cost/planned/amount",
        "/when",
        "/headcount",
        "/printed/title",
        "/title/vi",
        "/title/fr",
    }
    patch = {"title": {"vi": 7, "fr": "x"}, "cost": {"planned": {"amount": 1.5}}, "when": 0}
    made = await factories.made(api, "/delegations", factories.delegation())
    answer = await api.patch(f"/delegations/{made['id']}", json=patch, headers=ANY)
    found = {error["pointer"] for error in answer.json()["errors"]}
    assert found == {"/title/vi", "/title/fr", "/cost/planned/amount", "/when"}
    odd = await api.post("/sources", json={"a/b~c": 1, "title": "x"})
    assert odd.json()["errors"][0]["pointer"] == "/a~1b~0c"


async def test_after_all_this_the_tables_stand(
    api: AsyncClient, database: "Connection[Any]"
) -> None:
    for path, body in with_text("'; drop table partners; --", "'; delete from sources; --", ""):
        if path != "/partner-relations":
            await factories.made(api, path, body)
    assert await database.fetchval("select count(*) from partners") == 1
    assert await database.fetchval("select count(*) from sources") == 1
