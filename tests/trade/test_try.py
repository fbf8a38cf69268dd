from typing import Any
import json
from httpx import AsyncClient
from tests.factories import indicator, made, observation

async def test_try(api: AsyncClient) -> None:
    one = await made(api, "/indicators", indicator("trade.value", flow="both", dimensions=[{"dimension": "flow"}, {"dimension": "product", "scheme": "hs4"}, {"dimension": "partner_country"}]))
    i = one["id"]
    src = await made(api, "/sources", {"title": "A", "published_on": "2025-07-01"})
    rows = [observation(i, period="2025", value="100", sources=[{"source_id": src["id"]}])]
    for f, v in (("exports", "60"), ("imports", "30")):
        rows.append(observation(i, period="2025", value=v, dimensions={"flow": f}))
    for p in ("0810", "0902"):
        for c in ("CN", "LA"):
            rows.append(observation(i, period="2025", value="20", dimensions={"flow": "exports", "product": p, "partner_country": c}))
    rows.append(observation(i, period="2025", value="20", dimensions={"flow": "exports", "product": "081", "partner_country": "CN"}))
    rows.append({})
    rows.append(rows[0])
    rows.append(observation(i, period="2025", value="20", owner_agency_id=src["id"]))
    rows.append({"indicator_id": src["id"], "value": "3", "sources": [{"source_id": src["id"]}]})
    b = await api.post("/observations/batch", json={"rows": rows}, headers={"Idempotency-Key": "a"})
    print(b.status_code, json.dumps(b.json(), indent=1, ensure_ascii=False))
    b2 = await api.post("/observations/batch", json={"rows": rows}, headers={"Idempotency-Key": "a"})
    assert b2.text == b.text
    for g in ("product", "period", "partner_country"):
        t = await api.get(f"/trade?period=2025&group_by={g}")
        print(json.dumps(t.json(), indent=1, ensure_ascii=False))
    o = await api.get("/observations?flags=1&limit=200")
    for r in (await api.get("/data-quality")).json()["items"]: print(r["why"], r["title"])
    print((await api.get("/search?q=xuat khau")).text)
    assert 0
