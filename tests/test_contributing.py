"""The resource that CONTRIBUTING.md adds is built from that page, and works."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"
FILES = dict(re.findall(r"```python (gifts/\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))

# In a process of its own: its table must not become part of what other tests see.
TRY = """
import asyncio, sys
from pathlib import Path
import asyncpg, httpx
from sqlalchemy.ext.asyncio import create_async_engine
import sonla_api
from sonla_api.identity import permissions

sonla_api.__path__.append(sys.argv[1])
permissions._OF_ROLE[permissions.Role.administrator] |= {"gifts:read", "gifts:write"}

from sonla_api import api
from sonla_api.gifts.endpoints import router
from sonla_api.gifts.models import Gift
from sonla_api.identity.keys import create_key
from sonla_api.main import create_app
from sonla_api.migrating import needed, triggers
from sonla_api.settings import Settings, asyncpg_url

async def main(url):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Gift.__table__.create)
        for statement in triggers(**needed(Gift)):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
    plain = await asyncpg.connect(asyncpg_url(url))
    key = await create_key(plain, name="T", role="administrator")
    api.v1.append(router)
    app = create_app(Settings(database_url=url))
    look_at(app.openapi())
    try:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            headers = {"authorization": f"Bearer {key}"}
            base = "http://test/api/v1"
            async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as c:
                await use(c)
    finally:
        await plain.execute("drop table gifts cascade")
        await plain.close()

def look_at(described):
    listed, written = (described["paths"]["/api/v1/gifts"][method] for method in ("get", "post"))
    for parameter in listed["parameters"]:
        assert parameter["description"], parameter
    example = written["requestBody"]["content"]["application/json"]["example"]
    assert example["what"] == "Thổ cẩm", example

async def use(c):
    partner = {"kind": "local_government", "name": {"en": "Houaphanh Province"}}
    partner = (await c.post("/partners", json=partner)).json()
    gift = {"direction": "given", "what": "Thổ cẩm", "partner_id": partner["id"]}
    made = await c.post("/gifts", json=gift, headers={"idempotency-key": "g1"})
    assert made.status_code == 201, made.text
    path = made.headers["location"].removeprefix("/api/v1")
    assert made.json()["partner"]["name"]["en"] == "Houaphanh Province"
    changed = await c.patch(path, json={"given_on": "2025-06-26"}, headers={"if-match": "*"})
    assert changed.json()["given_on"] == "2025-06-26", changed.text
    query = {"given_on_from": "2025-01-01", "sort": "-given_on", "partner_id": partner["id"]}
    page = (await c.get("/gifts", params=query)).json()
    assert [item["id"] for item in page["items"]] == [made.json()["id"]], page
    refused = await c.delete(f"/partners/{partner['id']}", headers={"if-match": "*"})
    assert refused.json()["referred_by"] == [{"resource": "gifts", "count": 1}], refused.text
    assert (await c.delete(path, headers={"if-match": "*"})).status_code == 204
    history = (await c.get(f"{path}/history")).json()["items"]
    actions = [change["action"] for change in history]
    assert actions == ["deleted", "updated", "created"], history
    for _ in range(100):  # the feed waits for older transactions, also of other databases
        feed = (await c.get("/changes", params={"limit": 200})).json()["items"]
        if "vn.gov.sonla.gift.deleted.v1" in {event["type"] for event in feed}:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(feed)

asyncio.run(main(sys.argv[2]))
"""


@pytest.mark.usefixtures("database")  # which empties what the other process has written
async def test_the_example_resource_works(tmp_path: Path, database_url: str) -> None:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    (tmp_path / "gifts/__init__.py").touch()
    url = database_url.replace("postgresql://", "postgresql+asyncpg://")
    command = [sys.executable, "-c", TRY, str(tmp_path), url]
    environment = {name: v for name, v in os.environ.items() if not name.startswith("COV")}
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr


def test_a_plain_resource_costs_under_150_lines(tmp_path: Path) -> None:
    """Lines of 100 columns as ruff formats them, beside migration and tests."""
    lines = 0
    for name, text in FILES.items():
        file = tmp_path / Path(name).name
        file.write_text(text)
        command = ["ruff", "format", "--check", "--line-length", "100", "--isolated", str(file)]
        done = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        lines += text.count("\n")
    assert 100 < lines < 150
