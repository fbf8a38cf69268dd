"""The register for people, in a browser: both languages, keyboard, telephone, keys, errors."""

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from sonla_api.settings import Settings
from tests.conftest import Connection
from tests.docs.chromium import Chromium, Page, attempts_to_leave
from tests.documents.test_links import chain
from tests.factories import delegation, indicator, made, observation, partner, project
from tests.running import served
from tests.workloads import rows

pytestmark = pytest.mark.browser

PUBLIC = {"visibility": "public"}
DRAWN = (
    "document.querySelectorAll('#content .drawn').length === 7"
    " && !document.querySelector('[aria-busy], .drawn:empty:not(#search *)')"
)
FIGURES = {"#partners": 2, "#delegations": 1, "#exports": 2, "#projects": 2, "#documents": 1}
TELEPHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(params=[False, True], ids=["with-policy", "without-policy"])
async def page(chromium: Chromium, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    opened = await Page.open(chromium, bypass_policy=request.param)
    yield opened
    await opened.close()


@pytest.fixture
async def tab(chromium: Chromium) -> AsyncIterator[Page]:
    """With the policy of the page, as everybody opens it."""
    opened = await Page.open(chromium)
    yield opened
    await opened.close()


@pytest.fixture
async def register(api: AsyncClient, database: "Connection[Any]") -> None:
    """A little of everything that the page draws, all of it public."""
    name = {"vi": "Tỉnh Hủa Phăn", "en": "Houaphanh Province"}
    await made(api, "/partners", partner() | {"name": name, "subdivision": "LA-HO"} | PUBLIC)
    agency = await made(
        api, "/partners", partner("AFD", country="FR", kind="donor_agency", **PUBLIC)
    )
    for when in ("2024-02-22", "2024-03", "2022-H2", None):
        await made(api, "/delegations", delegation(when=when, headcount=3, **PUBLIC))
    await database.execute("update delegations set state = 'recorded'")
    participants = [{"partner_id": agency["id"], "role": "funding"}]
    await made(api, "/projects", project(participants=participants, **PUBLIC))
    for code, period in (("exports.total", "2023"), ("trade.exports", "2024-01/2024-05")):
        series = await made(api, "/indicators", indicator(code, flow="exports", **PUBLIC))
        await made(api, "/observations", observation(series["id"], period=period, **PUBLIC))
    *_, paper = await chain(api)
    plan = await rows.plan(database, document_id=UUID(paper["id"]))
    for code in ("2", "10"):
        await rows.task(database, plan, code=code)


async def text(page: Page, selector: str) -> str:
    found = await page.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")
    return str(found)


async def press(page: Page, key: str) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        await page.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=9)


@pytest.mark.usefixtures("register")
async def test_the_register_is_drawn_from_the_api(page: Page, live_server: str) -> None:
    await page.visit(f"{live_server}/?lang=en")
    await page.until(DRAWN)

    assert await text(page, "h1") == "Sơn La's register of foreign affairs"
    for section, pictures in FIGURES.items():
        found = f"document.querySelectorAll('{section} figure').length"
        assert await page.evaluate(found) == pictures, section
    tree = await text(page, ".tree")
    lines = ("59-NQ/TW", "311-KH/TU", "152/KH-UBND", "Nobody assigned: 2", "Tasks")
    places = [tree.index(line) for line in lines]
    assert places == sorted(places)
    assert "153/NQ-CP" not in tree  # internal
    assert tree.index("\n2 ") < tree.index("\n10 ")
    says = "[...document.querySelectorAll('svg a')].map(it => it.getAttribute('aria-label'))"
    assert {
        "Laos: 1 partners",
        "Houaphanh Province: 1 partners",
        "H1 2024, Outbound: 2 delegations",
        "France: 1 projects",
        "Giá trị hàng hóa xuất khẩu, 2023: 112,000,000 USD",
    } <= set(await page.evaluate(says))
    assert "Coverage: Whole province" in await text(page, "#exports")
    assert attempts_to_leave(page, live_server) == set()
    assert page.complaints == []
    assert len(page.requests) < 60


@pytest.mark.usefixtures("register")
async def test_every_picture_leads_to_its_call(
    tab: Page, live_server: str, stranger: AsyncClient
) -> None:
    await tab.visit(f"{live_server}/")
    await tab.until(DRAWN)

    assert not await tab.evaluate(
        "[...document.querySelectorAll('figure')].some(it => !it.querySelector('.calls a'))"
    )
    links = "[...new Set([...document.querySelectorAll('#content .drawn a')]"
    links += ".map(it => it.getAttribute('href')))]"
    addresses = await tab.evaluate(links)
    assert len(addresses) > 25
    for address in addresses:
        answer = await stranger.get(address.removeprefix("/api/v1"))
        assert answer.status_code == 200, (address, answer.text)


@pytest.mark.usefixtures("register")
async def test_the_reader_chooses_the_language(tab: Page, live_server: str) -> None:
    await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": "vi-VN,vi;q=0.9"})
    await tab.visit(f"{live_server}/")
    await tab.until(DRAWN)
    assert await text(tab, "h1") == "Sổ đăng ký công tác đối ngoại tỉnh Sơn La"
    assert "112.000.000 USD" in await text(tab, "#exports")
    assert "Nửa đầu 2024" in await tab.evaluate("document.body.innerHTML")

    await tab.click("document.querySelector('.switch [lang=en]')")
    await tab.until(f"document.documentElement.lang === 'en' && {DRAWN}")
    assert "112,000,000 USD" in await text(tab, "#exports")
    assert await tab.evaluate("location.search") == "?lang=en"
    assert (
        await tab.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    )


@pytest.mark.usefixtures("register")
async def test_a_telephone_shows_it_without_moving_sideways(tab: Page, live_server: str) -> None:
    await tab.call("Emulation.setDeviceMetricsOverride", **TELEPHONE)
    await tab.visit(f"{live_server}/?lang=vi")
    await tab.until(DRAWN)
    await tab.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")

    assert await tab.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"]
    beyond = """[...document.querySelectorAll('.picture text')].filter(it =>
        it.getBoundingClientRect().right > it.ownerSVGElement.getBoundingClientRect().right + 1
    ).map(it => it.textContent)"""
    assert await tab.evaluate(beyond) == []
    # WCAG 2.2 asks for 24 pixels of whatever is to be touched.
    sizes = "[...document.querySelectorAll('svg .tile')].map(it => it.getBBox().width)"
    assert min(await tab.evaluate(sizes)) >= 24


@pytest.mark.usefixtures("register")
async def test_the_keyboard_reaches_everything(tab: Page, live_server: str) -> None:
    await tab.visit(f"{live_server}/?lang=en")
    await tab.until(DRAWN)
    reachable = "a, button, input, summary, [tabindex='0']"
    seen = f"[...document.querySelectorAll({json.dumps(reachable)})]"
    seen += ".filter(it => it.checkVisibility()).length"
    await tab.evaluate("window.reached = new Set()")
    state = """(() => {
        const it = document.activeElement;
        if (it === document.body || window.reached.has(it)) return "around";
        window.reached.add(it);
        const inside = it.querySelector("rect");
        const shape = inside && getComputedStyle(inside);
        const outline = getComputedStyle(it).outlineStyle;
        return outline !== "none" || shape?.strokeWidth === "3px" ? "" : it.outerHTML;
    })()"""
    await press(tab, "Tab")
    assert await tab.evaluate("document.activeElement.className") == "skip"
    while (found := await tab.evaluate(state)) != "around":
        assert found == "", "focus cannot be seen"
        await press(tab, "Tab")
    # Counted at the end: what is drawn last may come while the keys are pressed.
    assert await tab.evaluate("window.reached.size") == await tab.evaluate(seen)


@pytest.mark.usefixtures("register")
async def test_those_who_do_not_see_are_told(tab: Page, live_server: str) -> None:
    await tab.visit(f"{live_server}/?lang=en")
    await tab.until(DRAWN)
    nodes = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    told = [(it.get("role", {}).get("value"), it.get("name", {}).get("value", "")) for it in nodes]
    roles = {role for role, _ in told}
    assert {"banner", "navigation", "main", "search", "region", "table", "status"} - roles <= {
        "table"  # closed until it is asked for
    }
    for role, name in told:
        if role in {"link", "button", "textbox", "searchbox", "combobox", "region", "figure"}:
            assert name, role
    levels = "[...document.querySelectorAll('h1, h2, h3')].filter(it => it.checkVisibility())"
    levels += ".map(it => Number(it.tagName[1]))"
    order = await tab.evaluate(levels)
    assert order[0] == 1
    assert order.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(order))


@pytest.mark.usefixtures("register")
async def test_search_and_tree_answer_in_words(tab: Page, live_server: str) -> None:
    await tab.visit(f"{live_server}/?lang=en")
    await tab.until(DRAWN)
    for field, typed, section, expected in (
        ("search-field", "hua phan", "#search", "Houaphanh Province"),
        ("symbol-field", "59-NQ-TW", "#documents", "Perhaps 59-NQ/TW?"),
        ("symbol-field", "311-KH/TU", "#documents", "All that exists because of 311-KH/TU"),
    ):
        await tab.evaluate(f"void (document.getElementById('{field}').value = '')")
        await tab.click(f"document.getElementById('{field}')")
        await tab.write(typed)
        await tab.click(f"document.querySelector('{section} form button')")
        await tab.until(f"document.querySelector('{section}').innerText.includes({expected!r})")
        await tab.until("document.getElementById('status').textContent.length > 0")
    assert tab.complaints == []

    await tab.call("Network.emulateNetworkConditions", offline=True, latency=0, **_NO_LIMIT)
    await tab.evaluate("void (document.getElementById('search-field').value = 'AFD')")
    await tab.click("document.querySelector('#search form button')")
    await tab.until("Boolean(document.querySelector('#search [role=alert]'))")
    assert "The API cannot be reached" in await text(tab, "#search [role=alert]")
    await tab.call("Network.emulateNetworkConditions", offline=False, latency=0, **_NO_LIMIT)
    await tab.click("document.querySelector('#search [role=alert] button')")
    await tab.until("document.querySelector('#search .results')?.innerText.includes('AFD')")


_NO_LIMIT = {"downloadThroughput": -1, "uploadThroughput": -1}


@pytest.mark.usefixtures("register")
async def test_a_key_opens_what_strangers_may_not_read(
    tab: Page, settings: Settings, api: AsyncClient
) -> None:
    key = api.headers["authorization"].removeprefix("Bearer ")
    with served(settings.model_copy(update={"public_read": False})) as service:
        await tab.visit(f"{service.url}/?lang=en")
        await tab.until("!document.getElementById('key').hidden")
        assert "sonla keys create" in await text(tab, "#key")
        await tab.until("!document.querySelector('[aria-busy]')")
        assert await tab.evaluate("document.querySelectorAll('section:not([hidden])').length") == 2
        assert "Credentials required" in await text(tab, "#key [role=alert]")
        await tab.click("document.getElementById('key-field')")
        await tab.write(key)
        await tab.click("document.querySelector('#key button')")
        await tab.until(f"Boolean(document.querySelector('#documents .tree')) && {DRAWN}")
        assert await tab.evaluate("document.activeElement.id") == "content"
        assert "153/NQ-CP" in await text(tab, ".tree")

        await tab.click("document.querySelector('.switch [lang=vi]')")
        await tab.until(f"document.documentElement.lang === 'vi' && {DRAWN}")
        assert await tab.evaluate("document.querySelectorAll('.trouble').length") == 0
        assert key not in await tab.evaluate("document.documentElement.outerHTML + location.href")
        kept = "document.cookie + localStorage.length + sessionStorage.length"
        assert await tab.evaluate(kept) == "00"
