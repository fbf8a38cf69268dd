"""The documentation pages in a browser: a call can be tried, and nothing leaves the machine."""

from collections.abc import AsyncIterator

import pytest

from tests.docs.chromium import Chromium, Page, attempts_to_leave

pytestmark = pytest.mark.browser

KEY = "sonla_a_key_that_nobody_has"
LIST = "/api/v1/partners"
# An element by what a person reads on it.
BUTTON = "[...document.querySelectorAll('button')].find(it => it.innerText.trim().startsWith({!r}))"
SCALAR_ITEM = f"document.querySelector('[id$=\"/GET{LIST}\"]')"
SWAGGER_ITEM = f"document.querySelector('.opblock-get [data-path=\"{LIST}\"]')?.closest('.opblock')"


@pytest.fixture(params=[False, True], ids=["with-policy", "without-policy"])
async def page(chromium: Chromium, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A tab; once with the page's own policy, once without, so that the policy hides no attempt."""
    opened = await Page.open(chromium, bypass_policy=request.param)
    yield opened
    await opened.close()


def calls(page: Page, server: str) -> list[dict[str, str]]:
    """The headers, by lower-case name, of each call of the list of partners."""
    return [
        {name.lower(): value for name, value in request["headers"].items()}
        for request in page.requests
        if request["url"].startswith(f"{server}{LIST}")
    ]


def status(page: Page, server: str) -> int:
    return next(code for url, code in page.statuses.items() if url.startswith(f"{server}{LIST}"))


async def test_reference_tries_a_call(page: Page, live_server: str) -> None:
    await page.visit(f"{live_server}/docs")
    key = "document.querySelector('input[placeholder=Token]')"
    await page.until("document.body.innerText.includes('partners')")
    await page.click(key)
    await page.write(KEY)
    await page.evaluate(f"void (location.hash = 'tag/partners/GET{LIST}')")
    await page.click(f"{SCALAR_ITEM}?.querySelector('.show-api-client-button')")
    await page.click(BUTTON.format("Send"))
    shown = await page.until(
        "document.querySelector('[role=dialog]').innerText.match(/\\b[1-5]\\d\\d [A-Z]\\w+/)?.[0]"
    )

    assert [call.get("authorization") for call in calls(page, live_server)] == [f"Bearer {KEY}"]
    assert shown.startswith(str(status(page, live_server)))
    assert attempts_to_leave(page, live_server) == set()


async def test_swagger_tries_a_call(page: Page, live_server: str) -> None:
    await page.visit(f"{live_server}/docs/swagger")
    await page.click("document.querySelector('.btn.authorize')")
    await page.click("document.querySelector('.auth-container input')")
    await page.write(KEY)
    await page.click("document.querySelector('.auth-btn-wrapper .authorize')")
    await page.click("document.querySelector('.auth-btn-wrapper .btn-done')")
    # Swagger UI makes only what is in view, so what is looked for must come there first.
    await page.click("document.querySelector('.operation-filter-input')")
    await page.write("partners")
    await page.click(f"{SWAGGER_ITEM}?.querySelector('.opblock-summary-control')")
    await page.click(f"{SWAGGER_ITEM}?.querySelector('.execute')")
    answer = ".live-responses-table .response .response-col_status"
    shown = await page.until(f"{SWAGGER_ITEM}?.querySelector({answer!r})?.innerText")

    assert [call.get("authorization") for call in calls(page, live_server)] == [f"Bearer {KEY}"]
    assert shown.startswith(str(status(page, live_server)))
    assert attempts_to_leave(page, live_server) == set()


@pytest.mark.parametrize("path", ["/docs/problems", "/docs/problems/stale-version"])
async def test_problem_pages_need_no_script(page: Page, live_server: str, path: str) -> None:
    await page.call("Emulation.setScriptExecutionDisabled", value=True)
    await page.visit(f"{live_server}{path}")

    assert await page.evaluate("document.querySelector('h1').innerText.length > 0")
    assert await page.evaluate("document.styleSheets.length") == 1
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert attempts_to_leave(page, live_server) == set()
    assert page.complaints == []


async def test_an_attempt_to_leave_would_be_seen(page: Page, live_server: str) -> None:
    await page.visit(f"{live_server}/docs")
    await page.evaluate("fetch('https://fonts.example.org/letters.woff2').catch(() => null)")
    await page.evaluate("void (new Image().src = 'https://pixel.example.org/seen.png')")
    await page.until("new Promise(done => setTimeout(done, 200, true))")

    seen = " ".join(attempts_to_leave(page, live_server))
    assert "https://fonts.example.org/" in seen
    assert "https://pixel.example.org/" in seen
