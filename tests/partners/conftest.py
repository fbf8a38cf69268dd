from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from fastapi import FastAPI

from sonla_api.kit.context import PROVINCE_TIME


@pytest.fixture
def today(app: FastAPI) -> Iterator[Callable[[str], None]]:
    """`today("2026-03-01")`: what day it is for the service, at noon in the province."""

    def be(day: str) -> None:
        noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=PROVINCE_TIME)
        app.state.clock = lambda: noon

    yield be
    app.state.clock = None
