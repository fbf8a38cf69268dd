"""Every operation of openapi.json, attacked by schemathesis as each kind of caller.

    python -m scripts.fuzz administrator=10 anonymous=5

The numbers are examples an operation. No check is switched off, and the run fails where an
operation was left out. The seeds are fixed, so that what is found is found again.
"""

import json
import re
import subprocess
import sys
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
SELECTED = re.compile(r"(\d+) selected / (\d+) total")


def main(asked: list[str]) -> int:
    """The kinds of callers as which something was found."""
    with served() as service:
        found = [one for one in asked if not _attack(service, *one.split("="))]
    print(f"found something as: {', '.join(found)}" if found else "nothing found")
    return int(bool(found))


def _attack(service: Served, kind: str, examples: str) -> bool:
    """Whether nothing was found and no operation was left out."""
    options, said = KEYS[kind], []
    if options:
        said = ["--header", f"Authorization: Bearer {service.key('--name', kind, *options)}"]
    command = [
        *(str(BIN / "schemathesis"), "run", str(CONTRACT), "--url", service.address, *said),
        *("--checks", "all", "--max-examples", examples, "--continue-on-failure"),
        *("--generation-deterministic", "--no-color"),
    ]
    print(f"as {kind}, {examples} examples an operation", flush=True)
    text = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            text += line
    return process.returncode == 0 and _counts(text) == (_operations(), _operations())


def _counts(text: str) -> tuple[int, ...]:
    """How many operations it took, and how many it knew of."""
    numbers = SELECTED.search(text)
    return tuple(map(int, numbers.groups())) if numbers else ()


def _operations() -> int:
    paths = json.loads(CONTRACT.read_text(encoding="utf-8"))["paths"]
    return sum(map(len, paths.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
