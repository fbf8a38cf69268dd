"""Every operation of openapi.json, attacked by schemathesis as each kind of caller.

    python -m scripts.fuzz administrator=10 anonymous=5

The numbers are examples an operation. No check is switched off, and the run fails where an
operation was left out; schemathesis.toml and scripts/fuzz_rules.py say what it is told. Two kinds
attack at a time, each a service of its own. The seeds are fixed, so that what is found is found
again.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from scripts.served import BIN, Served, served

CONTRACT = Path("openapi.json")
KEYS = {
    "anonymous": None,
    "read-only": ["--role", "viewer"],
    "agency": ["--role", "officer", "--agency", "dofa"],
    "administrator": ["--role", "administrator"],
}
"""How `sonla keys create` makes each kind of caller; a stranger has no key."""
LIMITS = {"SONLA_STRANGER_RATE_LIMIT": "60000", "SONLA_WRONG_KEY_LIMIT": "60000"}
"""An attack comes from one address, tries wrong keys at every operation, and is to get answers."""
SPARSE = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
"""All variables are looked through for a proxy twice a request, which took a twentieth of it."""
SELECTED = re.compile(r"(\d+) selected / (\d+) total")


def main(asked: list[str]) -> int:
    """The kinds of callers as which something was found."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        are_clean = pool.map(_attack, asked)
        found = [one for one, is_clean in zip(asked, are_clean, strict=True) if not is_clean]
    print(f"found something as: {', '.join(found)}" if found else "nothing found")
    return int(bool(found))


def _attack(one: str) -> bool:
    """Whether nothing was found and no operation was left out."""
    kind, examples = one.split("=")
    with served(**LIMITS) as service:
        attack = subprocess.run(
            _command(service, kind, examples),
            capture_output=True,
            text=True,
            check=False,
            env=SPARSE,
        )
    print(
        f"as {kind}, {examples} examples an operation\n{attack.stdout}{attack.stderr}", flush=True
    )
    everything = (_operations(), _operations())
    return attack.returncode == 0 and _counts(attack.stdout) == everything


def _command(service: Served, kind: str, examples: str) -> list[str]:
    options, said = KEYS[kind], []
    if options:
        said = ["--header", f"Authorization: Bearer {service.key('--name', kind, *options)}"]
    return [
        *(str(BIN / "schemathesis"), "run", str(CONTRACT), "--url", service.address, *said),
        *("--checks", "all", "--max-examples", examples),
        *("--generation-deterministic", "--no-color"),
    ]


def _counts(text: str) -> tuple[int, ...]:
    """How many operations it took, and how many it knew of."""
    numbers = SELECTED.search(text)
    return tuple(map(int, numbers.groups())) if numbers else ()


def _operations() -> int:
    paths = json.loads(CONTRACT.read_text(encoding="utf-8"))["paths"]
    return sum(map(len, paths.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
