"""Kills the service and its PostgreSQL while it is used, and counts what became of every promise.

`make torture`; fails on anything lost, doubled or missing. TORTURE_APART=50: fewer writes between
two kills, for a quick look.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from torture import checks, clients, kills
from torture.clients import TOO_LATE, Follower, Ledger, Tally, Writer
from torture.service import Service, kept_up, running

WRITERS, READERS = 8, 2
APART = int(os.environ.get("TORTURE_APART", "420"))
DEFAULTS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="sonla-torture-") as outer:
        Path(outer).chmod(0o711)  # PostgreSQL runs as another user where we are root
        folder = Path(outer) / "data"
        folder.mkdir(mode=0o755)
        ledger = Ledger(Path(outer) / "acknowledged.jsonl")
        with running(folder, workers=2) as (service, secret):
            try:
                return asyncio.run(torture(service, secret, ledger))
            finally:
                if path := os.environ.get("TORTURE_LOG"):
                    shutil.copy(service.log, path)
                    shutil.copy(service.cluster.home / "server.log", path + ".postgres")


async def torture(service: Service, secret: str, ledger: Ledger) -> int:
    found = await kills.settings(service)
    print(f"PostgreSQL {found['server_version']}: {found}", flush=True)
    if any(found[name] != value for name, value in DEFAULTS.items()):
        raise SystemExit(f"these are not the defaults: {found}")
    tally = Tally()
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(
        base_url=f"{service.base}/api/v1", headers=headers, timeout=TOO_LATE + 5
    ) as client:
        writers = [Writer(f"w{n}", client, tally, ledger) for n in range(WRITERS)]
        follower = Follower(client, tally)
        agency = {"name": {"vi": "Sở Ngoại vụ tỉnh Sơn La"}, "kind": "department"}
        made = await writers[0].insist("agency", "agencies", "/agencies", agency)
        for writer in writers:
            writer.agency = made["id"]
        keeper = asyncio.create_task(kept_up(service))
        using = [asyncio.create_task(writer.run()) for writer in writers]
        using += [asyncio.create_task(clients.read(client, tally, writers)) for _ in range(READERS)]
        using += [asyncio.create_task(follower.run())]
        killed = await kills.kill_all(service, client, tally, APART)
        tally.is_over = True
        await asyncio.gather(*using)
        while await follower.step():
            pass
        keeper.cancel()
    acts = [act for act in ledger.read() if act.what != "agencies"]
    faults = await checks.findings(service, acts, follower.events)
    return report(killed, tally, len(acts), len(follower.events), faults)


def report(
    killed: list[kills.Killed], tally: Tally, acts: int, events: int, faults: dict[str, int]
) -> int:
    rows: list[tuple[str, ...]] = [
        ("killed by SIGKILL", "times", "answers again after", "whole again after", "aim")
    ]
    for what, aim in kills.AIMS.items():
        these = [one for one in killed if one.what == what]
        spans = [_span([one.answers for one in these]), _span([one.whole for one in these])]
        rows.append((what, str(len(these)), *spans, f"{aim:g} s"))
    print("\n" + _table(rows))
    seen = ", ".join(f"{count:,} × {name}" for name, count in sorted(tally.seen.items()))
    counted: list[tuple[str, ...]] = [("", "count")]
    counted += [("acknowledged writes", f"{acts:,}"), ("events followed", f"{events:,}")]
    counted += [(name, str(count)) for name, count in faults.items()]
    counted += [("answers that were wrong", str(len(tally.wrong)))]
    print(_table(counted))
    print(f"What the clients saw: {seen}. The longest answer took {tally.slowest:.1f} s.")
    for line in tally.wrong[:20]:
        print(line)
    has_failed = bool(any(faults.values()) or tally.wrong)
    print("make torture: " + ("FAILED" if has_failed else "nothing lost, nothing doubled"))
    return int(has_failed)


def _span(seconds: list[float]) -> str:
    return f"{median(seconds):.1f} s, at most {max(seconds):.1f}"


def _table(rows: list[Any]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
