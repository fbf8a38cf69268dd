"""The functions behind `sonla backup` and `sonla restore`, and what they say."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sonla_api import backups
from sonla_api.settings import DRIVER
from tests.operating import new_database


class Operator:
    """Somebody who backs up and restores, while the service of the tests runs in this thread."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def back_up(self, url: str, file: Path, **more: Any) -> None:
        given = {"pg_bin": None, "overwrite": False} | more
        told = self.told.append
        await asyncio.to_thread(backups.back_up, address(url), file, progress=told, **given)

    async def restore(self, file: Path, url: str) -> None:
        await asyncio.to_thread(backups.restore, address(url), file, None, self.told.append)


def address(url: str) -> str:
    return url.replace("postgresql:", f"{DRIVER}:")


@pytest.fixture
def operator() -> Operator:
    return Operator()


@pytest.fixture
def empty(database_url: str) -> Iterator[str]:
    """A database without tables."""
    with new_database(database_url) as url:
        yield url


@pytest.fixture
def other_empty(database_url: str) -> Iterator[str]:
    """One more."""
    with new_database(database_url) as url:
        yield url
