"""One database folder for all these tests: making it anew takes most of a second."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonla_api.embedded.cluster import CARELESS
from sonla_api.embedded.postgresql import server


@pytest.fixture(scope="session")
def outer() -> Iterator[Path]:
    """A folder that every account may enter, with a name that a real home may have."""
    with tempfile.TemporaryDirectory(prefix="Sơn La ") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def made(outer: Path) -> Path:
    """A folder with a database in it and no server over it."""
    with server(outer / "data", options=CARELESS):
        pass
    return outer / "data"
