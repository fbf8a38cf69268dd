"""A headless Chromium with a fresh profile, driven over its debugging pipe: no port, no driver."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--window-size=1400,1000",
    "--remote-debugging-pipe",
    # Whatever a page asks of another machine fails here and is still counted.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# Chromium reads descriptor 3 and writes 4; ours go there, but first out of each other's way.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for place, end in enumerate(ends, 3):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 60.0  # the pages take five seconds to draw themselves, on a quiet machine


class Chromium:
    """The browser: commands go in by pipe, answers and events come back by another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.listeners: list[Callable[[str, dict[str, Any], str | None], None]] = []
        self.listening = asyncio.create_task(self._listen())

    async def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps(message).encode() + b"\0")
        answer = await asyncio.wait_for(self._answers[number], PATIENCE)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    async def _listen(self) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                    continue
                for listener in self.listeners:
                    listener(message["method"], message["params"], message.get("sessionId"))


class Page:
    """One tab and everything that it, its frames and its workers ask for."""

    def __init__(self, browser: Chromium) -> None:
        self._browser = browser
        self._session = ""
        self._attaching: set[asyncio.Task[None]] = set()
        self.requests: list[dict[str, Any]] = []
        self.statuses: dict[str, int] = {}
        self.complaints: list[str] = []
        browser.listeners.append(self._hear)

    @classmethod
    async def open(cls, browser: Chromium, *, bypass_policy: bool = False) -> Self:
        page = cls(browser)
        target = (await browser.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await browser.call("Target.attachToTarget", targetId=target, flatten=True)
        page._session = attached["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            await page.call(f"{domain}.enable")
        await page.call("Page.setBypassCSP", enabled=bypass_policy)
        await page._watch(page._session)
        return page

    async def close(self) -> None:
        self._browser.listeners.remove(self._hear)
        await self.call("Page.close")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **params)

    async def visit(self, url: str) -> None:
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def evaluate(self, expression: str) -> Any:
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, expression: str) -> Any:
        """The value of the expression, true or a text, as soon as it is."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while not (value := await self.evaluate(expression)):
            assert asyncio.get_running_loop().time() < until, f"never came true: {expression}"
            await asyncio.sleep(0.05)
        return value

    async def click(self, element: str) -> None:
        """Press the mouse in the middle of what the expression names, until it has felt it: pages
        scroll by themselves after they have opened something.
        """
        await self.until(f"Boolean({element})")
        felt = "{capture: true, once: true}"
        await self.evaluate(
            f"void (globalThis.felt = false,"
            f" ({element}).addEventListener('click', () => {{ globalThis.felt = true }}, {felt}))"
        )
        until = asyncio.get_running_loop().time() + PATIENCE
        while not await self._pressed(element):
            assert asyncio.get_running_loop().time() < until, f"never felt a click: {element}"

    async def _pressed(self, element: str) -> bool:
        """Whether what stands still in the middle of the page felt the mouse."""
        await self.evaluate(f"void ({element}).scrollIntoView({{block: 'center'}})")
        frame = "new Promise(requestAnimationFrame)"
        middle = f"(({element}).getBoundingClientRect())"
        middle = f"(it => [it.x + it.width / 2, it.y + it.height / 2]){middle}"
        before = None
        while before != (now := await self.evaluate(f"{frame}.then(() => {middle})")):
            before = now
        x, y = now
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )
        return bool(await self.evaluate("globalThis.felt"))

    async def write(self, text: str) -> None:
        await self.call("Input.insertText", text=text)

    async def _watch(self, session: str) -> None:
        await self._browser.call("Network.enable", session)
        await self._browser.call(
            "Target.setAutoAttach",
            session,
            autoAttach=True,
            waitForDebuggerOnStart=True,
            flatten=True,
        )
        await self._browser.call("Runtime.runIfWaitingForDebugger", session)

    def _hear(self, method: str, event: dict[str, Any], session: str | None) -> None:
        match method:
            case "Target.attachedToTarget" if session:
                task = asyncio.create_task(self._watch(event["sessionId"]))
                self._attaching.add(task)
                task.add_done_callback(self._attaching.discard)
            case "Network.requestWillBeSent":
                self.requests.append(event["request"])
            case "Network.webSocketCreated" | "Network.webTransportCreated":
                self.requests.append({"url": event["url"], "method": "GET", "headers": {}})
            case "Network.responseReceived":
                self.statuses[event["response"]["url"]] = event["response"]["status"]
            case "Log.entryAdded" if event["entry"]["level"] in {"warning", "error"}:
                self.complaints.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")
            case "Runtime.exceptionThrown":
                self.complaints.append(
                    event["exceptionDetails"]["exception"].get("description", "?")
                )
            case "Runtime.consoleAPICalled" if event["type"] in {"warning", "error", "assert"}:
                words = (str(word.get("value", word.get("description"))) for word in event["args"])
                self.complaints.append(" ".join(words))


def attempts_to_leave(page: Page, server: str) -> set[str]:
    """Addresses asked for that are not of this server, and what the policy stopped before that."""
    ours = urlsplit(server).netloc
    asked = (urlsplit(request["url"]) for request in page.requests)
    elsewhere = {url.geturl() for url in asked if url.scheme != "data" and url.netloc != ours}
    return elsewhere | {it for it in page.complaints if "Content Security Policy" in it}


def program() -> str | None:
    """Where Chromium is installed, None when it is not."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def started(profile: Path) -> AsyncIterator[Chromium]:
    """A running browser; it and all its children are gone afterwards."""
    commands_out, commands_in = os.pipe()
    events_out, events_in = os.pipe()
    path = program()
    assert path, "Chromium is missing: apt install chromium"
    ends = (commands_out, events_in)
    command = [sys.executable, "-c", LAUNCH, *map(str, ends), path, *FLAGS]
    nowhere = subprocess.DEVNULL
    # Not asyncio's: what ends it waits for nothing that has to come by way of a loop.
    process = subprocess.Popen(  # noqa: ASYNC220  a moment
        [*command, f"--user-data-dir={profile}", "about:blank"],
        pass_fds=ends,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,
    )
    for end in ends:
        os.close(end)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)
    protocol = asyncio.StreamReaderProtocol(reader)
    incoming, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(events_out, "rb"))
    outgoing, flow = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(commands_in, "wb")
    )
    browser = Chromium(reader, asyncio.StreamWriter(outgoing, flow, None, loop))
    try:
        yield browser
        await browser.call("Browser.close")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        browser.listening.cancel()  # a child that outlives it would hold its end of the pipe
        outgoing.close()
        incoming.close()
