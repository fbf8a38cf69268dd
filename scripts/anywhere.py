"""README's two commands in fresh clones, wherever they may be tried: `make anywhere` (as root).

CASES="root user offline": only these; PYTHON=/usr/bin/python3.14: with that Python. A few tests are
enough, those that ARGS names: whether the others pass is not the question here.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

ARGS = os.environ.get("ARGS", "-k test_settings -n 1")
USER = "sonla-anywhere"
HOME = "Nhà của Đối ngoại tỉnh Sơn La"
SERVER = os.environ.get("SONLA_CI_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
PATIENCE = 1800.0  # seconds for a first start on a busy machine
ABSENT = ("cc", "gcc", "c++", "g++", "node", "npm", "psql", "pg_dump", "rustc", "cargo")
ADDRESS = re.compile(r"API +(http://\S+)/api/v1")
SECRET = re.compile(r"sonla_[a-z2-7]{40}")
# A network of its own with nothing in it but this machine.
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


class Case(NamedTuple):
    """Who starts it, in which clone, with which variables, and what goes before the command."""

    what: str
    user: str = "root"
    clone: str = "clone"
    variables: dict[str, str] = {}
    before: list[str] = []


CASES = {
    "root": Case("root, the embedded PostgreSQL"),
    "again": Case("root, the same clone again"),
    "user": Case(f"a user whose home is “{HOME}”, without a compiler and node", USER),
    "offline": Case("the same user and clone, without a network", USER, before=ALONE),
    "server": Case("root, a PostgreSQL server", clone="served"),
}


def main() -> int:
    names = os.environ.get("CASES", " ".join(CASES)).split()
    failed = []
    with tempfile.TemporaryDirectory(prefix="sonla-anywhere-") as folder, _user(Path(folder)):
        Path(folder).chmod(0o755)
        for name in names:
            print(f"{name}: {CASES[name].what}", flush=True)
            try:
                _try(CASES[name], Path(folder))
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                failed.append(name)
                print(f"  FAILED {error}", flush=True)
    print(f"failed: {' '.join(failed)}" if failed else "all of them start, serve, test and stop")
    return int(bool(failed))


@contextmanager
def _user(folder: Path) -> Iterator[None]:
    """An ordinary user for as long as the block."""
    subprocess.run(["useradd", "--home-dir", folder / HOME, "--create-home", USER], check=True)
    try:
        yield
    finally:
        subprocess.run(["userdel", USER], check=True)


def _try(case: Case, folder: Path) -> None:
    home = folder / ("root" if case.user == "root" else HOME)
    home.mkdir(exist_ok=True)
    clone = home / case.clone
    account = [] if case.user == "root" else _as_user()
    if not clone.exists():
        subprocess.run(["git", "clone", "--quiet", ".", clone], check=True)
        subprocess.run(["chown", "-R", case.user, clone], check=True)
    variables = _environment(folder, home) | {
        "SONLA_PORT": "0",
        "SONLA_DATA_DIR": str(home / "data"),
    }
    command = [*case.before, *account, "make"]
    with _database(case) as more:
        for line in (
            _run(command, clone, variables | more),
            _test(command, clone, variables | more),
        ):
            print(f"  {line}", flush=True)
    subprocess.run([*account, "git", "-C", clone, "diff", "--exit-code", "--stat"], check=True)


def _as_user() -> list[str]:
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


def _environment(folder: Path, home: Path) -> dict[str, str]:
    """What a shell would have, with every program on its PATH but those that nobody needs."""
    programs = folder / "bin"
    if not programs.exists():
        programs.mkdir()
        for place in os.environ["PATH"].split(":"):
            for program in Path(place).glob("*") if "shims" not in place else ():
                if program.name not in ABSENT and not (programs / program.name).is_symlink():
                    (programs / program.name).symlink_to(program)
        (programs / "python3").unlink(missing_ok=True)
        (programs / "python3").symlink_to(os.environ.get("PYTHON", "/usr/bin/python3"))
    kept = {name: value for name, value in os.environ.items() if "CERT" in name or "CA_" in name}
    return kept | {"PATH": str(programs), "HOME": str(home), "LANG": "C.UTF-8"}


@contextmanager
def _database(case: Case) -> Iterator[dict[str, str]]:
    """An empty database on the server, where the case is about one."""
    if case.clone != "served":
        yield {}
        return
    psql = ["psql", "--quiet", "--dbname", SERVER, "--command"]
    made_with = "template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
    subprocess.run([*psql, f"create database sonla_anywhere {made_with}"], check=True)
    try:
        own = SERVER.rpartition("/")[0] + "/sonla_anywhere"
        yield {"SONLA_DATABASE_URL": own, "SONLA_TEST_DATABASE_URL": SERVER}
    finally:
        subprocess.run([*psql, "drop database sonla_anywhere with (force)"], check=True)


def _run(command: list[str], clone: Path, variables: dict[str, str]) -> str:
    """`make run` until it serves; what it answers, and how it ends."""
    began = time.monotonic()
    with subprocess.Popen(
        [*command, "run"], cwd=clone, env=variables, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101  # asked for above
        try:
            said = _until_address(process.stdout, began)
            address, took = ADDRESS.findall(said)[0], time.monotonic() - began
            inside = ["nsenter", "--net", f"--target={process.pid}"] if "unshare" in command else []
            found = _answer(inside, f"{address}/api/v1/partners?q=hua+phan&limit=1")
            key = "a key shown" if SECRET.search(said) else "no new key"
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    if code not in {0, -signal.SIGTERM, 128 + signal.SIGTERM}:
        raise RuntimeError(f"make run ended with {code}")
    return f"make run: served after {took:.0f} s, {key}; {found}"


def _until_address(said: Iterator[str], began: float) -> str:
    text = ""
    for line in said:
        text += line
        if ADDRESS.search(line):
            return text
        if time.monotonic() - began > PATIENCE:
            break
    raise RuntimeError(f"make run does not serve: {text[-300:]!r}")


def _answer(inside: list[str], address: str) -> str:
    ask = f"import urllib.request as r; print(r.urlopen({address!r}).read().decode())"
    told = subprocess.run([*inside, sys.executable, "-c", ask], capture_output=True, check=True)
    (partner,) = json.loads(told.stdout)["items"]
    return f"answered with {partner['name']['en']}"


def _test(command: list[str], clone: Path, variables: dict[str, str]) -> str:
    began = time.monotonic()
    done = subprocess.run(
        [*command, "test", f"ARGS={ARGS}"],
        cwd=clone,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1].strip("= ")
    if done.returncode:
        raise RuntimeError(f"make test {shlex.quote(ARGS)}: {last}\n{done.stderr[-2000:]}")
    return f"make test: {last}; {time.monotonic() - began:.0f} s with its set-up"


if __name__ == "__main__":
    if os.geteuid() != 0 or not shutil.which("useradd"):
        sys.exit(
            "make anywhere: it makes a user and a network of its own, so it needs root on Linux"
        )
    sys.exit(main())
