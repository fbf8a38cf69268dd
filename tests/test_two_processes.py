"""What holds for a caller, whichever of two processes answers: keys, guesses, limits."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from sonla_api.identity.keyring import GUESSES, REMEMBERED
from sonla_api.identity.keys import create_key, revoke_key
from tests.conftest import Connection

LIMIT = 60
PROXY = "127.0.0.1"
ADDRESS = re.compile(r"API +(http://127\.0\.0\.1:\d+/api/v1)")


@pytest.fixture(scope="module")
def base(database_url: str) -> Iterator[str]:
    """The address of `sonla serve` with two processes, behind a proxy on this machine."""
    variables = {
        "DATABASE_URL": database_url,
        "WORKERS": "2",
        "PORT": "0",
        "POOL_SIZE": "2",
        "RATE_LIMIT": str(LIMIT),
        "TRUSTED_PROXIES": PROXY,
        "PUBLIC_READ": "true",
    }
    kept = {n: v for n, v in os.environ.items() if not n.startswith("SONLA_")}
    with subprocess.Popen(
        [sys.executable, "-m", "sonla_api.cli", "serve"],
        env=kept | {f"SONLA_{name}": value for name, value in variables.items()},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = next(filter(None, (ADDRESS.search(line) for line in process.stdout)))
        yield found[1]
        process.terminate()
        process.wait(30)


async def asked(base: str, secret: str, times: int, address: str = "203.0.113.1") -> list[Response]:
    """So many answers, each on a connection of its own, so that both processes are met."""
    headers = {"authorization": f"Bearer {secret}", "x-forwarded-for": f"10.0.0.1, {address}"}
    async with AsyncClient(headers=headers, timeout=30) as client:
        closing = {"connection": "close"}
        sent = [client.get(f"{base}/code-lists", headers=closing) for _ in range(times)]
        return await asyncio.gather(*sent)


def statuses(answers: list[Response]) -> dict[int, int]:
    found = [answer.status_code for answer in answers]
    return {status: found.count(status) for status in sorted(set(found))}


async def test_keys_guesses_and_limits_hold_with_two_processes(
    base: str, database: "Connection[Any]"
) -> None:
    revoked, busy = [await create_key(database, name="T", role="viewer") for _ in range(2)]
    assert statuses(await asked(base, revoked, 20)) == {200: 20}
    began = time.monotonic()
    assert await revoke_key(database, revoked[6:14])

    # The limit is divided between the processes, so that no more than it is granted in all.
    found = await asked(base, busy, 2 * LIMIT)
    assert statuses(found).keys() == {200, 429}
    assert LIMIT / 2 <= statuses(found)[200] <= LIMIT
    refused = next(answer for answer in found if answer.status_code == 429)
    assert refused.headers["ratelimit-policy"] == f'"key";q={LIMIT};w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 60

    # Only what the proxy itself says of the caller is believed, not what the caller says.
    wrong = "sonla_" + "a" * 40
    guessed = statuses(await asked(base, wrong, 2 * GUESSES.most))
    assert guessed.keys() == {401, 429}
    assert GUESSES.most / 2 <= guessed[401] <= GUESSES.most
    assert statuses(await asked(base, wrong, 1, "203.0.113.2")) == {401: 1}

    while 200 in statuses(await asked(base, revoked, 6, "203.0.113.3")):
        assert time.monotonic() - began < REMEMBERED + 1
        await asyncio.sleep(0.2)
