"""The jobs that are measured, and wrk, which sends them."""

import json
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from bench.servers import Server

CLIENTS = 16
WARM, PATIENCE = 500, 8.0
"""Requests before a job is measured, but no more than these seconds."""
LIST = "/api/v1/delegations?state=recorded&sort=-when&limit=50"
ITEM = "/api/v1/delegations/"
HEADERS = "wrk.headers[{name!r}] = {value!r}\n"
GET_LIST = f'function request() return wrk.format("GET", "{LIST}") end'
GET_ITEM = """
local n = 0
function request()
  n = n % #ids + 1
  return wrk.format("GET", "/api/v1/delegations/" .. ids[n])
end"""
GET_KNOWN = """
local n = 0
function request()
  n = n % #ids + 1
  wrk.headers["If-None-Match"] = tags[n]
  return wrk.format("GET", "/api/v1/delegations/" .. ids[n])
end"""
CREATE = """
local n = 0
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  wrk.headers["Idempotency-Key"] = run .. n
  return wrk.format("POST", "/api/v1/delegations", nil, body)
end"""

MIXED = """
local n = 0
wrk.headers["Content-Type"] = "application/json"
wrk.headers["If-Match"] = "*"
function request()
  n = n + 1
  local k = n % #ids + 1
  wrk.headers["If-None-Match"] = n % 7 == 0 and tags[k] or nil
  wrk.headers["Idempotency-Key"] = n % 20 == 0 and run .. n or nil
  if n % 20 == 0 then return wrk.format("POST", "/api/v1/delegations", nil, body) end
  if n % 20 == 10 then
    return wrk.format("PATCH", "/api/v1/delegations/" .. own, nil, '{"note": "n ' .. n .. '"}')
  end
  if n % 500 == 1 then return wrk.format("GET", reports[1]) end
  if n % 500 == 251 then return wrk.format("GET", reports[2]) end
  if n % 100 == 2 then return wrk.format("GET", "/api/v1/search?q=ho%20so%20" .. n) end
  if n % 2 == 0 then return wrk.format("GET", lists[n / 2 % #lists + 1]) end
  return wrk.format("GET", "/api/v1/delegations/" .. ids[k])
end"""
LISTS = [
    LIST,
    *(
        f"/api/v1/{resource}?limit=20"
        for resource in ("partners", "documents", "projects", "tasks", "agencies", "sources")
    ),
]
REPORTS = [
    "/api/v1/reports/periodic?period=2025",
    "/api/v1/delegations/summary?period=2025&group_by=direction",
]


class Figures(NamedTuple):
    """What one run of wrk says: requests, per second, and the latency that 99 % keep under."""

    requests: int
    per_second: float
    p99: float
    """Milliseconds."""


@dataclass
class Jobs:
    """What is asked for: the same records of every server, in the same order."""

    ids: list[str]
    body: str
    served: dict[str, int] = field(default_factory=dict)
    """Requests so far, by server."""

    def script(self, job: str, server: Server) -> str:
        """The job in Lua, with the headers of this server."""
        head = "".join(HEADERS.format(name=n, value=v) for n, v in server.headers.items())
        head += f"local run = {uuid4().hex!r}\n"
        if job in server.scripts:
            return head + _lua("ids", self.ids) + server.scripts[job]
        match job:
            case "list":
                return head + GET_LIST
            case "one":
                return head + _lua("ids", self.ids) + GET_ITEM
            case "304":
                return head + self._known(server) + GET_KNOWN
            case "mixed":
                own = server.post(ITEM.rstrip("/"), self.body)["id"]
                head += f"local own, body = {own!r}, [==[{self.body}]==]\n"
                return (
                    head
                    + self._known(server)
                    + _lua("lists", LISTS)
                    + _lua("reports", REPORTS)
                    + MIXED
                )
            case _:
                return head + f"local body = [==[{self.body}]==]\n" + CREATE

    def _known(self, server: Server) -> str:
        """Records, and the ETags of those that were read."""
        known = self.ids[:500]
        tags = [server.get(ITEM + id_)[1] for id_ in known]
        return _lua("ids", known) + _lua("tags", tags)

    def warm(self, job: str, server: Server) -> None:
        """Let every connection plan its statements, which it does anew for the first few times."""
        sent, until = 0, time.monotonic() + PATIENCE
        while sent < WARM and time.monotonic() < until:
            sent += self.run(job, server, 1).requests

    def run(self, job: str, server: Server, seconds: float) -> Figures:
        """Send one job for so long, from 16 clients that each wait for their answer."""
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(self.script(job, server))
            script.flush()
            # Of every kind at once, long reports among them, a busy machine refuses a few with 503.
            most = 0.01 if job == "mixed" else 0
            found = _wrk(server, script.name, seconds, most)
        self.served[server.name] = self.served.get(server.name, 0) + found.requests
        return found


def delegation(agencies: list[str], partners: list[str]) -> str:
    """A delegation as an officer proposes it; nulls are written out, as the peers add none."""
    names = ["Nguyễn Văn Bình", "Lò Thị Hương", "Cầm Văn Sơn"]
    members = [
        {"name": name, "position": "Phó Giám đốc", "agency_id": agency, "person_key": None}
        for name, agency in zip(names, agencies, strict=False)
    ]
    met = [{"partner_id": id_, "role": "host"} for id_ in partners]
    body = {
        "direction": "outbound",
        "channel": "state",
        "level": "department",
        "title": {"vi": "Đoàn công tác về thương mại", "en": "Visit on trade", "lo": None},
        "purpose": "Trao đổi, thống nhất nội dung hợp tác về thương mại biên giới",
        "lead_agency_id": agencies[0],
        "head_position": "Giám đốc Sở Ngoại vụ",
        "headcount": 5,
        "members": members,
        "countries": ["LA"],
        "place": "Hủa Phăn",
        "partners": met,
        "when": "2026-12-01/2026-12-03",
        "programme": [
            {
                "on": "2026-12-01",
                "time": "08:30",
                "place": None,
                "partner_id": partners[0],
                "activity": "Hội đàm về thương mại biên giới",
            }
        ],
        "funding": "state_budget",
        "in_annual_plan": True,
    }
    return json.dumps(body, ensure_ascii=False)


def _lua(name: str, values: list[str]) -> str:
    return f"local {name} = {{{', '.join(repr(value) for value in values)}}}\n"


def _wrk(server: Server, script: str, seconds: float, most_refused: float) -> Figures:
    """`most_refused`: the share of requests that may be refused."""
    address = f"http://127.0.0.1:{server.port}"
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds:g}s", "--timeout", "30s", "--latency"]
    command += ["-s", script, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    if not (requests and rate and p99):
        raise SystemExit(f"wrk says something else than it did: {said}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    is_refused = refused and int(refused[1]) > most_refused * int(requests[1])
    if is_refused or "Socket errors" in said:
        raise SystemExit(f"{server.name} refused some requests:\n{said}")
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]]
    return Figures(int(requests[1]), float(rate[1]), float(p99[1]) * unit)


def require_wrk() -> None:
    if not _has("wrk"):
        raise SystemExit("wrk is missing: apt install wrk (make setup does it)")


def _has(program: str) -> bool:
    return any(Path(folder, program).exists() for folder in ("/usr/bin", "/usr/local/bin"))
