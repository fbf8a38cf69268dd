"""How much a caller may ask for in a minute: a window that moves on by seconds.

What was counted sixty seconds ago is forgotten, so no minute has more than the limit, whenever it
begins. Counted in this process, or in Redis for all that share one.
"""

import asyncio
import logging
from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any, NamedTuple, Protocol

WINDOW = 60
_NETWORK = 64
"""Bits of an IPv6 address that are one customer's: he changes the others as he likes."""
_REDIS_PATIENCE = 0.5
_REDIS_AWAY = 5.0
"""Seconds that Redis is not asked again for after it failed."""

_log = logging.getLogger("sonla_api")


class Limit(NamedTuple):
    """So many requests a minute, under a name that callers are told; 0 is no limit."""

    name: str
    most: int


class Share(NamedTuple):
    """What is left to a caller, and the seconds until it becomes more; below 0 it was refused."""

    limit: Limit
    left: int
    reset: int

    @property
    def is_refused(self) -> bool:
        return self.left < 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """As draft-ietf-httpapi-ratelimit-headers names them."""
        name, left, reset = self.limit.name, max(0, self.left), self.reset
        return [_policy(self.limit), (b"ratelimit", f'"{name}";r={left};t={reset}'.encode())]


@cache
def _policy(limit: Limit) -> tuple[bytes, bytes]:
    return b"ratelimit-policy", f'"{limit.name}";q={limit.most};w={WINDOW}'.encode()


class Limits(Protocol):
    async def take(self, limit: Limit, who: str, *, cost: int = 1) -> Share:
        """What is left to somebody after this; a cost of 0 only asks. A refusal costs nothing."""

    async def close(self) -> None: ...


class InMemory:
    """Counted in this process, which grants its share of what all of them may."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._seen: dict[tuple[str, str], _Window] = {}
        self._before: dict[tuple[str, str], _Window] = {}
        self._since = 0

    async def take(self, limit: Limit, who: str, *, cost: int = 1) -> Share:
        now, caller = int(monotonic()), (limit.name, who)
        if now - self._since >= WINDOW:  # who has not come for a minute is forgotten
            self._seen, self._before, self._since = {}, self._seen, now
        window = self._seen.get(caller)
        if window is None:
            window = self._seen[caller] = (
                self._before.pop(caller) if caller in self._before else _Window()
            )
        return Share(limit, *window.take(max(1, limit.most // self._processes), now, cost))

    async def close(self) -> None:
        pass


class _Window:
    """How many requests came in each of the last sixty seconds in which any came."""

    __slots__ = ("_counts", "_seconds", "_total")

    def __init__(self) -> None:
        self._seconds: list[int] = []
        self._counts: list[int] = []
        self._total = 0

    def take(self, most: int, now: int, cost: int) -> tuple[int, int]:
        seconds = self._seconds
        while seconds and seconds[0] <= now - WINDOW:
            del seconds[0]
            self._total -= self._counts.pop(0)
        reset = seconds[0] + WINDOW - now if seconds else WINDOW
        if self._total >= most:
            return -1, reset
        if cost:
            if seconds and seconds[-1] == now:
                self._counts[-1] += cost
            else:
                seconds.append(now)
                self._counts.append(cost)
            self._total += cost
        return most - self._total, reset


_IN_REDIS = """
local now, most, cost = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1]), tonumber(ARGV[2])
local counted, total, first = redis.call('HGETALL', KEYS[1]), 0, now
for i = 1, #counted, 2 do
    local second = tonumber(counted[i])
    if second <= now - 60 or second > now then
        redis.call('HDEL', KEYS[1], counted[i])
    else
        total, first = total + tonumber(counted[i + 1]), math.min(first, second)
    end
end
if total >= most then return {-1, first + 60 - now} end
if cost > 0 then
    redis.call('HINCRBY', KEYS[1], now, cost)
    redis.call('EXPIRE', KEYS[1], 60)
end
return {most - total - cost, first + 60 - now}
"""
"""The same by the clock of Redis, in one step; seconds to come are of a clock that was put back."""


class InRedis:
    """Counted in Redis, for processes on several machines; without an answer in this process."""

    def __init__(self, url: str, processes: int = 1) -> None:
        # Only who has a Redis has this package, and its 6 MB.
        from redis.asyncio import BlockingConnectionPool, Redis  # noqa: PLC0415  only where it is needed
        from redis.exceptions import RedisError  # noqa: PLC0415  only where it is needed

        pool = BlockingConnectionPool.from_url(
            url,
            timeout=_REDIS_PATIENCE,
            socket_timeout=_REDIS_PATIENCE,
            socket_connect_timeout=_REDIS_PATIENCE,
        )
        self._redis = Redis.from_pool(pool)
        self._script: Any = self._redis.register_script(_IN_REDIS)
        self._failures = RedisError, OSError
        self._alone = InMemory(processes)
        self._away_until = 0.0

    async def take(self, limit: Limit, who: str, *, cost: int = 1) -> Share:
        if monotonic() >= self._away_until:
            try:
                async with asyncio.timeout(_REDIS_PATIENCE):
                    key = f"sonla:{limit.name}:{who}"
                    return Share(limit, *await self._script(keys=[key], args=[limit.most, cost]))
            except self._failures as error:
                self._away_until = monotonic() + _REDIS_AWAY
                _log.warning("Redis does not answer, limits are counted here: %s", error)
        return await self._alone.take(limit, who, cost=cost)

    async def close(self) -> None:
        await self._redis.aclose()


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """Whom an address stands for: all of an IPv6 network are one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> _NETWORK << _NETWORK))
