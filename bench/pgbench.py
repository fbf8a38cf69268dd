"""What PostgreSQL alone can do with the hand-written server's statements: pgbench, prepared."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.peers.sql import ITEM, LIST
from sonla_api.embedded.binaries import find_binaries

POOL = 8


QUERIES = {"list": LIST.replace("$1", ":state"), "one": ITEM.replace("$1", ":id")}


def per_second(address: str, job: str, id_: str, seconds: int) -> float:
    """Transactions a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(QUERIES[job] + ";\n")
        script.flush()
        command = [_program(), "-n", "-M", "prepared", "-c", str(POOL), "-j", "1"]
        command += ["-T", str(seconds), "-D", "state=recorded", "-D", f"id={id_}"]
        said = subprocess.run(
            [*command, "-f", script.name, address],
            env={**os.environ, "PGOPTIONS": "-c jit=off -c random_page_cost=1.1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said  # noqa: S101  pgbench's own form
    return float(found[1])


def _program() -> str:
    """The embedded server's, which speaks to it best; else an installed one."""
    beside = find_binaries(None).folder / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    if not found and not installed:
        raise SystemExit("pgbench is missing: apt install postgresql (make setup does it)")
    return found or str(installed[-1])
