"""Attacks every resource with about 1,600 requests written by hand, doubles every input, and says
what gave way.

`make hostile`; fails on any finding. HOSTILE_ONLY="partners trade": these alone.
"""

import asyncio
import os
import sys
from collections import Counter

from hostile.callers import Callers, secrets_of
from hostile.contract import RESOURCES
from hostile.doubling import LONGEST, MOST, Work, all_grown, endless
from hostile.running import Assault, Finding
from hostile.victims import NoVictimError, Victims
from scripts.served import served
from sonla_api.settings import asyncpg_url

AT_ONCE, SHOWN = 3, 12
HEAD = (
    "| resource | requests | about what is hidden | 2xx | 3xx | 4xx | 5xx | findings |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    chosen = os.environ.get("HOSTILE_ONLY", "").split() or [*RESOURCES]
    with served(SONLA_RATE_LIMIT="0", SONLA_STRANGER_RATE_LIMIT="0") as service:
        port = int(service.address.rpartition(":")[2])
        secrets = secrets_of(service)
        database = asyncpg_url(service.environment["SONLA_DATABASE_URL"])
        has_failed = asyncio.run(attack_all(chosen, port, secrets))
        is_slow = asyncio.run(double_all(chosen, port, secrets, (service.process, database)))
        print("make hostile: " + ("FAILED" if has_failed or is_slow else "nothing gave way"))
        return int(has_failed or is_slow)


async def double_all(
    chosen: list[str], port: int, secrets: dict[str, bytes], served_by: tuple[int, str]
) -> bool:
    """Whether anything costs more than it may."""
    callers = Callers(port, secrets)
    work, victims = Work(callers, *served_by), Victims(callers)
    await work.find()
    found = sorted(await all_grown(work, victims, chosen), key=lambda one: -one.ratio)
    rules = await endless(work, victims)
    callers.close()
    print("\n| what was doubled twice | from | ms | ms | ms | most |\n|---|---|---|---|---|---|")
    for one in found[:SHOWN]:
        spent = " | ".join(f"{it:.1f}" for it in one.milliseconds)
        print(f"| {one.what} | {one.sizes[0]} | {spent} | {one.ratio:.1f} times |")
    worst = max(rules, key=lambda rule: rule[1])
    print(
        f"\n{len(found):,} inputs doubled; of {len(rules)} rules {worst[0]} took {worst[1]:.0f} ms."
    )
    longest = max([*(it for one in found for it in one.milliseconds), worst[1]])
    return found[0].ratio > MOST or longest > LONGEST


async def attack_all(chosen: list[str], port: int, secrets: dict[str, bytes]) -> bool:
    """Whether anything gave way."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def attack(resource: str) -> Assault:
        async with gate:
            callers = Callers(port, secrets)
            assault = Assault(resource, callers, Victims(callers))
            try:
                await assault.run()
            except NoVictimError as error:
                assault.findings.append(Finding(resource, "victims", "none was made", str(error)))
            callers.close()
            print(row(assault), flush=True)
            return assault

    print(HEAD, flush=True)
    return report(await asyncio.gather(*map(attack, chosen)))


def row(one: Assault) -> str:
    kinds = Counter(status // 100 for status in one.statuses.elements())
    counts = " | ".join(f"{kinds[n]:,}" for n in (2, 3, 4, 5))
    sent = f"{one.statuses.total():,} | {one.hidden_asked:,}"
    return f"| {one.resource} | {sent} | {counts} | {len(one.findings)} |"


def report(done: list[Assault]) -> bool:
    statuses = sum((one.statuses for one in done), Counter[int]())
    findings = [finding for one in done for finding in one.findings]
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    print(f"\n{statuses.total():,} requests: {told}.")
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.kind, finding.fault), []).append(finding)
    for (kind, fault), these in alike.items():
        where = ", ".join(sorted({finding.resource for finding in these}))
        print(f"{len(these)} × {kind}: {fault} ({where}): {these[0].example}")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
