"""What goes wrong around the service, one thing after the other: `make faults`.

After each it has to be well again by itself. NAMES="frozen full": only these.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any

import asyncpg
import httpx

from torture import slow
from torture.clients import TOO_LATE
from torture.service import Service, children, kept_up, megabytes, running, send

MANY = int(os.environ.get("FAULTS_REQUESTS", "100000"))
GROWTH = 8.0  # megabytes that a process may grow after it is warm
SOME, OK, CREATED, AWAY = 16, 200, 201, 503
PARTNER = {"name": {"en": "Fault"}, "kind": "ingo", "country": "LA"}
DISK = 160  # megabytes of the small disk
BOUNDLESS = {"RATE_LIMIT": "100000000"}
"""A quick machine asks more in a minute than a key may, and that is no fault."""


class Scene:
    """The service, somebody who uses it, and what was found."""

    def __init__(self, service: Service, secret: str, client: httpx.AsyncClient) -> None:
        self.service, self.secret, self.client = service, secret, client
        self.faults: list[str] = []

    def expect(self, *, that: bool, what: str) -> None:
        if not that:
            self.faults.append(what)

    async def ask(self, method: str = "GET") -> tuple[int, float]:
        """The status of an answer (0: none), and how long it took."""
        began = time.monotonic()
        try:
            body = PARTNER if method == "POST" else None
            answer = await self.client.request(method, "/partners", json=body)
        except httpx.TransportError:
            return 0, time.monotonic() - began
        if answer.is_error:
            kind = answer.headers["content-type"]
            self.expect(that=kind == "application/problem+json", what=f"answered as {kind}")
        return answer.status_code, time.monotonic() - began

    async def many(self) -> list[tuple[int, float]]:
        """What sixteen are told who read and write at once."""
        return await asyncio.gather(*[self.ask(m) for m in ("GET", "POST") * (SOME // 2)])

    async def refuses(self, allowed: set[int]) -> str:
        """All are answered in time, with nothing but these; the longest time."""
        found = await self.many()
        statuses, longest = {status for status, _ in found}, max(took for _, took in found)
        self.expect(that=statuses <= allowed, what=f"answered {statuses}, not {allowed}")
        self.expect(that=longest <= TOO_LATE, what=f"an answer took {longest:.1f} s")
        return f"{sorted(statuses)} in {longest:.1f} s"

    async def heals(self, within: float) -> str:
        """Both roads work again by themselves; after how long."""
        began = time.monotonic()
        while time.monotonic() - began < 60:  # noqa: PLR2004  seconds
            if (await self.ask())[0] == OK and (await self.ask("POST"))[0] == CREATED:
                break
            await asyncio.sleep(0.05)
        took = time.monotonic() - began
        self.expect(that=took <= within, what=f"well again after {took:.1f} s, not {within:g}")
        return f"well after {took:.1f} s"

    async def sql(self, *statements: str) -> None:
        connection = await self.service.connect()
        for statement in statements:
            await connection.execute(statement)
        await connection.close()


async def stopped(scene: Scene) -> str:
    """PostgreSQL ends in order and is started again, as at an upgrade."""
    postmaster = scene.service.postmaster() or 0
    send(SIGTERM, postmaster)  # smart: it waits for who is connected, and takes nobody more
    told = await scene.refuses({OK, CREATED, AWAY})
    os.kill(postmaster, 2)  # fast
    return f"{told}; {await scene.heals(10)}"


async def frozen(scene: Scene) -> str:
    """PostgreSQL with all its processes does not move."""
    postmaster = scene.service.postmaster() or 0
    everybody = [postmaster, *children(postmaster)]
    send(SIGSTOP, *everybody)
    try:
        told = await scene.refuses({AWAY})
        again = await scene.refuses({AWAY})
    finally:
        send(SIGCONT, *everybody)
    return f"{told}, then {again}; {await scene.heals(5)}"


async def killed(scene: Scene) -> str:
    """PostgreSQL with all its processes at once."""
    postmaster = scene.service.postmaster() or 0
    send(SIGKILL, postmaster, *children(postmaster))
    return f"{await scene.refuses({OK, CREATED, AWAY})}; {await scene.heals(10)}"


async def read_only(scene: Scene) -> str:
    """As a standby, or by an administrator."""
    change = "alter system set default_transaction_read_only = "
    reload = "select pg_reload_conf()"
    await scene.sql(change + "on", reload)
    await asyncio.sleep(1)
    told = await scene.refuses({OK, AWAY})
    statuses = [(await scene.ask())[0], (await scene.ask("POST"))[0]]
    scene.expect(that=statuses == [OK, AWAY], what=f"reads and writes are answered {statuses}")
    await scene.sql("set default_transaction_read_only = off", change + "off", reload)
    return f"{told}; {await scene.heals(5)}"


async def no_connections(scene: Scene) -> str:
    """Others have taken all that PostgreSQL gives; ours were cut."""
    taken: list[Any] = []
    connection = await scene.service.connect()
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'sonla-api'"
    )
    try:
        while True:
            taken.append(await scene.service.connect())
    except asyncpg.TooManyConnectionsError:
        pass
    told = await scene.refuses({OK, CREATED, AWAY})
    for one in (connection, *taken):
        await one.close()
    return f"{len(taken)} taken; {told}; {await scene.heals(5)}"


async def slow_callers(scene: Scene) -> str:
    """A byte a second, in the head, in the body; and one who says nothing."""
    port, secret = scene.service.port, scene.secret
    asking = [slow.head(port), slow.body(port, secret), slow.silence(port)]
    found, (_, meanwhile) = await asyncio.gather(asyncio.gather(*asking), scene.ask())
    for (took, said), status in zip(found, (b" 408 ", b" 408 ", b""), strict=True):
        scene.expect(that=took <= TOO_LATE + 0.5, what=f"{status!r} after {took:.1f} s")
        scene.expect(that=status in said[:20], what=f"{said[:60]!r} is not {status!r}")
    await slow.hang_ups(port, secret, 200)
    spans = ", ".join(f"{took:.1f} s" for took, _ in found)
    return f"ended after {spans}, another meanwhile {meanwhile:.1f} s; 200 hung up; " + (
        await scene.heals(5)
    )


async def nobody_waits(scene: Scene) -> str:
    """No connection is left in a transaction that nobody goes on with."""
    await asyncio.sleep(1)
    connection = await scene.service.connect()
    found = await connection.fetchval(
        "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
    )
    await connection.close()
    scene.expect(that=found == 0, what=f"{found} are idle in transaction")
    return f"{found} idle in transaction"


async def memory(scene: Scene) -> str:
    """After so many requests of every kind a process is as large as when it was warm."""

    async def caller(count: int) -> None:
        async with httpx.AsyncClient(base_url=str(scene.client.base_url), timeout=10) as other:
            key = dict(scene.client.headers)
            for n in range(count // 8):
                await other.get("/partners?limit=5", headers=key)
                await other.get(f"/partners?q=fault+{n}", headers=key)
                await other.get(f"/nowhere/{n}", headers=key)
                await other.get("/partners", headers={"authorization": f"Bearer sonla_{n}"})
                await other.post("/partners", headers=key, json={"colour": n})
                name = {"en": f"Memory {n}"}
                await other.post("/partners", headers=key, json={**PARTNER, "name": name})
                await other.get(f"/partners?colour={n}")
                await other.get("/changes?limit=1", headers=key)

    async def sent(count: int) -> float:
        await asyncio.gather(*[caller(count // SOME) for _ in range(SOME)])
        return max(map(megabytes, scene.service.processes()))

    warm = await sent(MANY // 5)
    after = await sent(MANY)
    scene.expect(that=after - warm < GROWTH, what=f"grew from {warm:.0f} to {after:.0f} MB")
    return f"{warm:.1f} MB warm, {after:.1f} MB after {MANY:,} requests more"


async def told_to_stop(scene: Scene) -> str:
    """SIGTERM under load: who has asked is answered, and the service ends within 30 seconds."""
    answered: list[int] = []
    broken: list[str] = []

    async def caller(*, is_lasting: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=1 if is_lasting else 0)
        headers = dict(scene.client.headers)
        base = str(scene.client.base_url)
        async with httpx.AsyncClient(
            base_url=base, headers=headers, limits=limits, timeout=30
        ) as own:
            while True:
                try:
                    answered.append((await own.post("/partners", json=PARTNER)).status_code)
                except httpx.ConnectError:
                    return  # it takes nobody any more
                except httpx.TransportError as error:
                    broken.append(repr(error))
                    return

    calling = [asyncio.create_task(caller(is_lasting=n % 2 == 0)) for n in range(SOME)]
    await asyncio.sleep(3)
    took = await asyncio.to_thread(scene.service.stop)
    await asyncio.gather(*calling)
    scene.expect(that=not broken, what=f"{len(broken)} without an answer: {broken[:2]}")
    scene.expect(that=set(answered) <= {CREATED}, what=f"answered {set(answered)}")
    scene.expect(that=took <= 30, what=f"ended after {took:.1f} s")  # noqa: PLR2004  seconds
    return f"{len(answered)} answered, {len(broken)} not; ended after {took:.1f} s"


async def full(scene: Scene) -> str:
    """No room is left on the disk of PostgreSQL, and then there is room again."""
    filler = scene.service.cluster.folder / "filler"
    free = shutil.disk_usage(filler.parent).free
    with filler.open("wb", buffering=0) as file:
        for _ in range(free // 65536 + 1):
            try:
                file.write(b"\0" * 65536)
            except OSError:
                break
    told: set[int] = set()
    longest = 0.0
    for _ in range(40):
        found = await scene.many()
        told |= {status for status, _ in found}
        longest = max(longest, *(took for _, took in found))
        if AWAY in told:
            break
    scene.expect(that=told <= {OK, CREATED, AWAY}, what=f"answered {told}")
    scene.expect(that=AWAY in told, what="the disk never got full")
    scene.expect(that=longest <= TOO_LATE, what=f"an answer took {longest:.1f} s")
    filler.unlink()
    return f"{sorted(told)} in {longest:.1f} s; {await scene.heals(10)}"


Fault = Callable[[Scene], Coroutine[Any, Any, str]]
FAULTS: dict[str, Fault] = {
    "stopped": stopped,
    "frozen": frozen,
    "killed": killed,
    "read-only": read_only,
    "connections": no_connections,
    "slow": slow_callers,
    "idle": nobody_waits,
    "memory": memory,
    "stop": told_to_stop,
}


@asynccontextmanager
async def scene_of(service: Service, secret: str) -> AsyncIterator[Scene]:
    async with httpx.AsyncClient(
        base_url=f"{service.base}/api/v1",
        headers={"Authorization": f"Bearer {secret}"},
        timeout=30,
        limits=httpx.Limits(max_connections=100),
    ) as client:
        yield Scene(service, secret, client)


async def tried(service: Service, secret: str, faults: dict[str, Fault]) -> int:
    failed = 0
    for name, fault in faults.items():
        async with scene_of(service, secret) as scene:
            keeper = asyncio.create_task(kept_up(service)) if name != "stop" else None
            await scene.heals(30)
            said = await fault(scene)
            if keeper:
                keeper.cancel()
        failed += bool(scene.faults)
        verdict = "; ".join(scene.faults) or "ok"
        print(f"| {name} | {said} | {verdict} |", flush=True)
    return failed


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own, of a few megabytes; to mount one takes an administrator."""
    size = f"size={DISK}m,mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)  # noqa: S607  of the system
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607  of the system


def main() -> int:
    chosen = os.environ.get("NAMES", "").split()
    faults = {n: fault for n, fault in FAULTS.items() if not chosen or n in chosen}
    failed = 0
    print("| fault | what came | verdict |\n|---|---|---|", flush=True)
    if faults:
        with _folder() as folder, running(folder, workers=2, **BOUNDLESS) as (service, secret):
            failed += asyncio.run(tried(service, secret, faults))
    if not chosen or "full" in chosen:
        with _folder() as folder, small_disk(folder), running(folder, 2, **BOUNDLESS) as scene:
            failed += asyncio.run(tried(*scene, {"full": full}))
    print("make faults: " + (f"{failed} FAILED" if failed else "all is well"))
    return int(failed > 0)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sonla-faults-") as outer:
        Path(outer).chmod(0o711)  # PostgreSQL runs as another user where we are root
        folder = Path(outer) / "data"
        folder.mkdir(mode=0o755)
        yield folder


if __name__ == "__main__":
    sys.exit(main())
