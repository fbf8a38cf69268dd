"""What sources print of the province's figures, beside what the register of it holds."""

from httpx import AsyncClient


async def test_the_report_of_the_real_half_year(loaded: None, api: AsyncClient) -> None:
    report = (await api.get("/reports/periodic?period=2024-H1")).json()
    figures = {(f["code"], f["currency"]): f for s in report["sections"] for f in s["figures"]}
    for code, printed in (("delegations.outbound", "34"), ("delegations.inbound", "23")):
        figure = figures[code, None]
        (told,) = figure["published"]
        assert (told["value"], told["period"], told["indicator"]) == (printed, "2024-H1", code)
        assert told["source"]["title"] == "Son La promotes diplomatic activities"
        assert int(told["difference"]) == int(figure["value"]) - int(printed) < 0
        listed = (await api.get(figure["href"].removeprefix("/api/v1") + "&limit=200")).json()
        assert str(len(listed["items"])) == figure["value"] != "0"
        assert (await api.get(told["href"].removeprefix("/api/v1"))).json()["value"] == printed
    aid = {p["value"]: p for p in figures["ngo_aid.committed", "USD"]["published"]}
    since = aid["18046751"]
    assert (since["period"], since["value_kind"], since["difference"]) == (
        "2020/2024",
        "commitment",
        None,
    )
    part = (await api.get("/reports/periodic?from=2024-01-01&to=2024-05-31")).json()
    trade = {f["code"]: f for s in part["sections"] if s["code"] == "trade" for f in s["figures"]}
    exports = trade["trade.trade.exports"]
    (told,) = exports["published"]
    assert (exports["value"], exports["currency"], exports["growth"]) == ("12860000", "USD", None)
    assert (told["change_yoy"], told["unit"], told["qualifier"]) == ("0.6222", "USD", "estimate")
    assert told["coverage"]["en"]
    sources = {source["title"] for source in report["sections"][0]["sources"]}
    assert sources == {"Son La promotes diplomatic activities"}
