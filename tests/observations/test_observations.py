from typing import Any

from httpx import AsyncClient

from tests.factories import indicator, made, observation


async def test_try(api: AsyncClient) -> None:
    one = await made(api, "/indicators", indicator())
    await made(api, "/observations", observation(one["id"], period="2024-H1", value="100"))
    o = await made(api, "/observations", observation(one["id"], value="150", change_yoy="0.4"))
    print(o)
    s = await api.get("/indicators/exports.total/series")
    print(s.text)
    assert s.status_code == 200
    b = await api.post(
        "/observations/batch",
        json={
            "rows": [observation(one["id"]), {}, observation(one["id"], period="2025", value="3")]
        },
    )
    print(b.text)
    t = await api.get("/trade?period=2025")
    print(t.text)
    assert 0
