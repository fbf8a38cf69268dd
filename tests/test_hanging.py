"""What a test that hangs leaves behind."""

import subprocess
import sys
from pathlib import Path

CONFTEST = """
from tests.hanging import Watch

def pytest_configure(config):
    config.pluginmanager.register(Watch(0.5))
"""
HANGS = """
import asyncio
import pytest_asyncio

@pytest_asyncio.fixture
async def stubborn():
    yield
    await nobody_comes()

async def nobody_comes():
    await asyncio.Event().wait()

async def test_well(stubborn):
    assert True
"""


def test_it_says_where_and_ends(tmp_path: Path) -> None:
    """Here: what a fixture does after its test."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(HANGS)
    root = Path(__file__).parents[1]
    options = ["-p", "no:cacheprovider", "-o", "asyncio_mode=auto", f"--rootdir={tmp_path}"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "/dev/null", *options, str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "test_it.py::test_well took more than 0.5 s; awaited:" in ended.stderr
    place = HANGS.splitlines().index("    await nobody_comes()") + 1
    assert f"test_it.py:{place} stubborn" in ended.stderr
    assert "in finalizer" in ended.stderr.partition("threads:")[2]
