"""Measures sonla-api against two peers and writes RESULTS.md: `make bench` (`QUICK=1`)."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import database, exports, figures, node_peers, pgbench, report, work
from bench.load import ITEM, LIST, Jobs, delegation, require_wrk
from bench.node_peers import Directus, PostGraphile
from bench.report import HAND, PGBENCH, SERVICE, USUAL, Row
from bench.servers import ROOT, Server, peer, sonla
from sonla_api.delegations.lifecycle import lifecycle
from sonla_api.identity.permissions import Role, held
from sonla_api.kit.context import Actor
from sonla_api.kit.cursors import seal

REQUESTS = 100_000
"""After so many, and so many more with reports, search and patches, the memory is read."""
NOT_COMPARED = {"id", "key", "created_at", "created_by", "updated_at", "updated_by"}


class Effort(NamedTuple):
    """How long it may take."""

    rounds: int
    seconds: int
    pages: int
    command: str


WHOLE = Effort(7, 5, 200, "make bench")
QUICK = Effort(3, 2, 60, "make bench QUICK=1")


def main() -> None:
    more = [_peer(name) for name in os.environ.get("PEERS", "").split(",") if name]
    require_wrk()
    if more:
        node_peers.install()
    effort = QUICK if os.environ.get("QUICK") else WHOLE
    with database.running() as address, ExitStack() as stack:
        full = database.kept(address, database.FULL)
        mine = stack.enter_context(database.copy(address, full, "bench_sonla"))
        secret = stack.enter_context(database.key(mine))
        work_rows = [*work.rows(mine, secret, effort.pages), *figures.rows(mine)]
        theirs = database.copy(address, full, "bench_peers", *database.without_audit())
        peers = stack.enter_context(theirs)
        jobs = _jobs(mine)
        servers = _started(stack, mine, secret, peers)
        _compare(servers, jobs)
        for peer in more:
            copy = stack.enter_context(node_peers.copy(address, full, peer.name.lower()))
            server = stack.enter_context(peer.serving(copy, jobs.body))
            _compare_essentials(servers[0], peer, server, jobs)
            servers.append(server)
        file_rows = exports.rows(mine)
        rates = _rates(servers, peers, jobs, effort)
        rows = [*report.ratios(rates), *_depth(address, effort), *work_rows, *file_rows]
        rows += [*_memory(servers[0], jobs), _loading(address)]
        notes = _notes(address, servers, jobs)
    rows += report.yardstick(rates)
    text = report.text(rows, rates, notes, effort.command)
    (database.HERE / "RESULTS.md").write_text(text)
    print(f"\n{text}\nwritten to bench/RESULTS.md")
    if effort is WHOLE and not more:
        report.put_into(ROOT / "README.md", rows)


def _peer(name: str) -> "type[Directus | PostGraphile]":
    if name not in node_peers.PEERS:
        raise SystemExit(f"PEERS: {name} is none of {', '.join(node_peers.PEERS)}")
    return node_peers.PEERS[name]


def _started(stack: ExitStack, mine: str, secret: str, peers: str) -> list[Server]:
    """The service and its peers, which are told what a key would tell them."""
    offices = database.fetch(
        mine,
        "select id::text from agencies where key = $1 or parent_id ="
        " (select id from agencies where key = $1) order by key <> $1",
        database.OFFICE,
    )
    officer = Actor(None, held(Role.officer, None))
    verbs = {
        f"{track}.{state}": found
        for track in lifecycle.tracks
        for state in {source for line in lifecycle.transitions for source in line.sources}
        if (found := lifecycle.possible(_Caller(officer), track, state))  # type: ignore[arg-type]  # all that is asked of it
    }
    about = {
        "BENCH_OWNER": offices[0][0],
        "BENCH_MINE": " ".join(row[0] for row in offices),
        "BENCH_VERBS": json.dumps(verbs),
    }
    return [
        stack.enter_context(sonla(mine, secret)),
        stack.enter_context(peer(HAND, "handwritten", peers, about)),
        stack.enter_context(peer(USUAL, "usual", peers, about)),
    ]


class _Caller(NamedTuple):
    actor: Actor


def _jobs(address: str) -> Jobs:
    ids = database.fetch(
        address,
        "select id::text from delegations where visibility <> 'agency'"
        " order by md5(id::text) limit 2000",
    )
    agencies = database.fetch(address, "select id::text from agencies order by key limit 3")
    partners = database.fetch(address, "select id::text from partners order by key limit 2")
    body = delegation([row[0] for row in agencies], [row[0] for row in partners])
    return Jobs([row[0] for row in ids], body)


def _compare(servers: list[Server], jobs: Jobs) -> None:
    """The same rows from all, or there is nothing to compare."""
    for path in (LIST, *(ITEM + id_ for id_ in jobs.ids[:20])):
        _require_same(path, {server.name: server.get(path)[0] for server in servers})
    made = {server.name: server.post("/api/v1/delegations", jobs.body) for server in servers}
    for one in made.values():
        for name in NOT_COMPARED:
            del one[name]
    _require_same("POST", made)
    print("all three answer the same rows", flush=True)


def _compare_essentials(
    mine: Server, peer: "type[Directus | PostGraphile]", server: Server, jobs: Jobs
) -> None:
    """The same of a peer that has other names for what a delegation holds."""
    listed = mine.get(LIST)[0]["items"]
    pairs = [(LIST, [*map(node_peers.of_sonla, listed)], peer.listed(server))]
    for id_ in jobs.ids[:20]:
        found = node_peers.of_sonla(mine.get(ITEM + id_)[0])
        pairs.append((ITEM + id_, [found], [peer.one(server, id_)]))
    made = node_peers.of_sonla(mine.post(ITEM.rstrip("/"), jobs.body))
    pairs.append(("POST", [made], [peer.made(server, jobs.body, made.id)]))
    for what, ours, theirs in pairs:
        if ours != theirs:
            raise SystemExit(f"{what}: {mine.name} and {server.name} differ: {ours} and {theirs}")
    print(f"{server.name} answers the same delegations", flush=True)


def _require_same(what: str, answers: Mapping[str, Any]) -> None:
    mine = _plain(answers[SERVICE])
    for name, answer in answers.items():
        other = _plain(answer)
        if len(other) != len(mine):
            raise SystemExit(f"{what}: {name} answers {len(other)} records, not {len(mine)}")
        for a, b in zip(mine, other, strict=True):
            if differing := {key: (a[key], b.get(key)) for key in a if a[key] != b.get(key)}:
                raise SystemExit(f"{what}: {SERVICE} and {name} differ in {differing}")


def _plain(answer: Any) -> list[Any]:
    """The records of an answer; the usual service gives a list bare, and writes UTC as Z."""
    bare = answer.get("items", [answer]) if isinstance(answer, dict) else answer
    records: list[Any] = json.loads(json.dumps(bare).replace('Z"', '+00:00"'))
    return records


def _rates(
    servers: list[Server], peers: str, jobs: Jobs, effort: Effort
) -> dict[str, dict[str, list[float]]]:
    """Requests a second of each job, the servers taking turns, and pgbench after them."""
    rates: dict[str, dict[str, list[float]]] = {}
    for job in report.BARS:
        taking_part = servers[:2] if job == "304" else servers
        rates[job] = {server.name: [] for server in taking_part}
        for server in taking_part:
            jobs.warm(job, server)
        for _ in range(effort.rounds):
            for server in taking_part:
                found = jobs.run(job, server, effort.seconds)
                rates[job][server.name].append(found.per_second)
            if job in report.OF_PGBENCH:
                alone = pgbench.per_second(peers, job, jobs.ids[0], effort.seconds)
                rates[job].setdefault(PGBENCH, []).append(alone)
        said = {name: f"{median(found):.0f}" for name, found in rates[job].items()}
        print(f"{job}: {said}", flush=True)
    return rates


def _depth(address: str, effort: Effort) -> list[Row]:
    """The last page of a million against the first, and the tail of latencies as data grow."""
    with ExitStack() as stack:
        found, kept = {}, {}
        for size in (database.SMALL, database.LARGE):
            kept[size] = database.at(address, database.kept(address, size))
            key = stack.enter_context(database.key(kept[size]))
            found[size] = stack.enter_context(sonla(kept[size], key))
        rows = [_deep(found[database.LARGE], kept[database.LARGE], effort.pages)]
        jobs = Jobs([], "")
        tails: dict[int, list[float]] = {size: [] for size in found}
        for server in found.values():
            jobs.warm("list", server)
        for _ in range(effort.rounds):
            for size, server in found.items():
                tails[size].append(jobs.run("list", server, effort.seconds).p99)
    growth = [b / a for a, b in zip(*tails.values(), strict=True)]
    middle = {f"{size:,}": f"{median(tail):.0f} ms" for size, tail in tails.items()}
    spread = f"{report.spread(growth)}; {', '.join(f'{n}: {ms}' for n, ms in middle.items())}"
    name = f"p99 of the list, {database.LARGE:,} delegations against {database.SMALL:,}"
    return [*rows, Row(name, 2, 1.2, median(growth), spread, is_limit=True)]


def _deep(server: Server, address: str, pages: int) -> Row:
    """Latency of the last page against the first one's, the two taking turns."""
    before_last = database.fetch(
        address,
        "select when_from::text, id::text from delegations where when_from is null"
        " order by id offset 200 limit 1",  # the caller does not see all of them
    )
    cursor = seal(list(before_last[0]), "delegations", "-when", {}, {})
    first = "/api/v1/delegations?sort=-when&limit=50"
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times: dict[str, list[float]] = {first: [], f"{first}&cursor={cursor}": []}
    for _ in range(pages):
        for path, taken in times.items():
            began = time.perf_counter()
            connection.request("GET", path, headers=dict(server.headers))
            items = json.loads(connection.getresponse().read())["items"]
            taken.append((time.perf_counter() - began) * 1000)
            assert len(items) == 50, path  # noqa: PLR2004, S101  a whole page
    near, far = (median(taken) for taken in times.values())
    spread = f"medians {near:.1f} and {far:.1f} ms"
    name = f"page at depth {database.LARGE:,}, against the first page (latency)"
    return Row(name, 1.5, 1.1, far / near, spread, is_limit=True)


def _memory(server: Server, jobs: Jobs) -> list[Row]:
    """What the process holds after the jobs, after reports and the like, and whether it grows."""
    while jobs.served[server.name] < REQUESTS:
        jobs.run("one", server, 5)
    asked, held = jobs.served[server.name], [server.memory()]
    for most in (REQUESTS // 2, REQUESTS):
        while jobs.served[server.name] < asked + most:
            jobs.run("mixed", server, 10)
        held.append(server.memory())
    names = [
        f"memory of the process after {asked:,} requests, MB",
        f"the same after {REQUESTS:,} more, with whole reports, search and patches, MB",
        "of that since the half of them, MB",
    ]
    return [
        Row(names[0], 110, 80, held[0], "", is_limit=True),
        Row(names[1], None, 110, held[2], "", is_limit=True),
        Row(names[2], None, 1, held[2] - held[1], "", is_limit=True),
    ]


def _loading(address: str) -> Row:
    """`sonla load` of the records that come with the package, into an empty database."""
    empty = database.empty(address)
    sonla = str(Path(sys.executable).with_name("sonla"))
    command = [sonla, "load", str(ROOT / "src/sonla_api/dataset")]
    environment = {**os.environ, "SONLA_DATABASE_URL": empty}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("sonla load failed")
    megabytes = used.ru_maxrss / 1024
    return Row("memory while loading the dataset, MB", 200, 200, megabytes, "", is_limit=True)


def _notes(address: str, servers: list[Server], jobs: Jobs) -> list[str]:
    version = database.fetch(address, "show server_version")[0][0]
    held_now = ", ".join(
        f"{server.name} {server.memory():.0f} MB after {jobs.served[server.name]:,} requests"
        for server in servers
    )
    return [
        (
            f"PostgreSQL {version} and the load (`wrk -t1 -c16`) ran on the same machine;"
            f" {database.FULL:,} delegations, {database.PARTNERS:,} partners; one process each,"
            " pools of 8. sonla-api had a key to check, the row filter, ETags, the change log and"
            " idempotency keys; its peers had none of these."
        ),
        "",
        f"Memory at the end: {held_now}.",
    ]


if __name__ == "__main__":
    if not Path("bench").is_dir():
        raise SystemExit("run it from the top of the checkout: make bench")
    main()
