"""Compare what no test ran with the gaps that tests/COVERAGE.md lists with their reasons."""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage

ALLOWED = 15
LIST = Path("tests/COVERAGE.md")
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \| `(?P<line>.+)` \| .+ \|$", re.MULTILINE)

Gap = tuple[str, str]


def main() -> int:
    found = {gap for name, file in _measured().items() for gap in _gaps(name, file)}
    listed = {(row["file"], row["line"]) for row in ROW.finditer(LIST.read_text(encoding="utf-8"))}
    for name, line in sorted(found - listed):
        print(f"never run, and not in {LIST}: {name}: {line}")
    for name, line in sorted(listed - found):
        print(f"in {LIST}, but run by now: {name}: {line}")
    if len(listed) > ALLOWED:
        print(f"{len(listed)} gaps in {LIST}; {ALLOWED} at most")
    return int(found != listed or len(listed) > ALLOWED)


def _measured() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measured = coverage.Coverage()
        measured.load()
        measured.json_report(outfile=str(report))
        files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    return files


def _gaps(name: str, file: dict[str, Any]) -> Iterator[Gap]:
    """Each run of lines that no test reached, by its first; each branch that none took."""
    source = Path(name).read_text(encoding="utf-8").splitlines()
    missing = set(file["missing_lines"])
    before = 0
    for number in sorted(missing | set(file["executed_lines"])):
        if number in missing and before not in missing:
            yield name, source[number - 1].strip()
        before = number
    for start, end in file["missing_branches"]:
        if start not in missing and end not in missing:
            yield name, source[start - 1].strip()


if __name__ == "__main__":
    sys.exit(main())
