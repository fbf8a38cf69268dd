"""What breaks for callers between the last other openapi.json that was committed and this one.

Each such change has to be declared: by a line of CHANGELOG.md added since then that says
"Breaking" and the place in backticks, where * stands for anything.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

CONTRACT, DECLARED = "openapi.json", "CHANGELOG.md"
DIFF = "tools/node_modules/.bin/redocly"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
STANDARD = "uuid|date|date-time|time|duration|uri|email|binary|byte|regex|int32|int64|float|double"
TELLS = re.compile(f"`format` (of .* )?was set to '(?!({STANDARD})')[^']*'\\.?")
"""A format of our own binds nobody: readers of a schema pass over a name that they do not know."""
DECLARATION = re.compile(r"Breaking[^`]*`(#/[^`]+)`")


def main() -> int:
    base = _base()
    if base is None:
        print(f"no other {CONTRACT} was committed: nothing to compare with")
        return 0
    now = Path(DECLARED).read_text(encoding="utf-8")
    declared = _declared(now) - _declared(_git("show", f"{base}:{DECLARED}"))
    undeclared = [
        (place, why)
        for place, why in _breaking(_git("show", f"{base}:{CONTRACT}"))
        if not any(fnmatchcase(place, pattern) for pattern in declared)
    ]
    for place, why in undeclared:
        print(f"{place}: {why}")
    if undeclared:
        print(f"These break what callers rely on since {base}: mend them, or declare each in")
        print(f"{DECLARED}: - Breaking `{undeclared[0][0]}`: why, and what callers do.")
    return int(bool(undeclared))


def _git(*said: str) -> str:
    return subprocess.run(["git", *said], capture_output=True, text=True, check=True).stdout


def _base() -> str | None:
    """The last commit with an openapi.json that is not this one."""
    now = Path(CONTRACT).read_text(encoding="utf-8")
    try:
        commits = _git("log", "--first-parent", "-2", "--format=%h", "--", CONTRACT).split()
    except (OSError, subprocess.CalledProcessError):  # an archive, not a clone
        return None
    return next((one for one in commits if _git("show", f"{one}:{CONTRACT}") != now), None)


def _declared(text: str) -> set[str]:
    # Brackets are of addresses here, not sets of letters.
    return {place.replace("[", "[[]") for place in DECLARATION.findall(text)}


def _breaking(before: str) -> list[tuple[str, str]]:
    """The place of each change that breaks something, and how."""
    with tempfile.TemporaryDirectory() as folder:
        old, report = Path(folder) / "old.json", Path(folder) / "report.json"
        old.write_text(before, encoding="utf-8")
        command = [DIFF, "diff", str(old), CONTRACT, "--format", "json", "--fail-on", "none"]
        subprocess.run(
            [*command, "--output", str(report)],
            env=os.environ | QUIET,
            capture_output=True,
            check=True,
        )
        changes: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["changes"]
    return [
        (change["path"], verdict["message"])
        for change in changes
        for verdict in change["verdicts"]
        if verdict["impact"] == "major" and not TELLS.fullmatch(verdict["message"])
    ]


if __name__ == "__main__":
    sys.exit(main())
