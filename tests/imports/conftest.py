from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sonla_api.imports.service import load_folder
from sonla_api.settings import Settings
from tests.imports.lines import write


@pytest.fixture
def load(settings: Settings, database: Any, tmp_path: Path) -> Callable[..., Any]:
    """Loads the small folder; what differs in it stays so for later loads of the test."""
    url = str(settings.database_url)
    return lambda **changed: load_folder(url, write(tmp_path, **changed), lambda _: None)


@pytest.fixture
def changes(database: Any) -> Callable[[], Any]:
    """How many rows the change log has."""
    return lambda: database.fetchval("select count(*) from changes")
