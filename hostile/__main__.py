"""Attacks every resource with about 1,600 requests written by hand, and says what gave way.

`make hostile`; fails on any finding. HOSTILE_ONLY="partners trade": these alone.
"""

import asyncio
import os
import sys
from collections import Counter

from hostile.callers import Callers, secrets_of
from hostile.contract import RESOURCES
from hostile.running import Assault, Finding
from hostile.victims import NoVictimError, Victims
from scripts.served import served

AT_ONCE = 3
HEAD = (
    "| resource | requests | about what is hidden | 2xx | 3xx | 4xx | 5xx | findings |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    chosen = os.environ.get("HOSTILE_ONLY", "").split() or [*RESOURCES]
    with served(SONLA_RATE_LIMIT="0", SONLA_STRANGER_RATE_LIMIT="0") as service:
        port = int(service.address.rpartition(":")[2])
        return asyncio.run(attack_all(chosen, port, secrets_of(service)))


async def attack_all(chosen: list[str], port: int, secrets: dict[str, bytes]) -> int:
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


def report(done: list[Assault]) -> int:
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
    print(
        "make hostile: " + (f"FAILED, {len(findings)} findings" if findings else "nothing gave way")
    )
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
