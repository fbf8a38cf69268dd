"""How many lines each package has, for the table in ARCHITECTURE.md; `--write` puts it there."""

import re
import sys
from pathlib import Path

PAGE = Path("ARCHITECTURE.md")
SOURCE, TESTS = Path("src/sonla_api"), Path("tests")
FEW = 6
OF_ALL = {"__init__", "endpoints", "service", "queries", "schemas", "models", "lifecycle"}
FRAME = re.compile(
    r"(<!-- table of scripts/lines\.py -->\n).*?(<!-- end of the table -->)", re.DOTALL
)


def main() -> int:
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(FRAME.sub(rf"\g<1>{table()}\g<2>", PAGE.read_text(encoding="utf-8")))
    else:
        print(table(), end="")
    return 0


def table() -> str:
    """A row for each package, the smallest first."""
    names = {folder.parent.name for folder in SOURCE.glob("*/__init__.py")} - {"dataset"}
    sizes = {name: _about(_lines(SOURCE / name)) for name in sorted(names)}
    rows = [_row(name) for name in sorted(sizes, key=sizes.__getitem__)]
    head = ["| package | source | tests | files that it alone has |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, _row(""), ""])


def _row(name: str) -> str:
    """Without a name, that of all of them."""
    source, tests = (_about(_lines(folder / name)) for folder in (SOURCE, TESTS))
    own = sorted({path.stem for path in (SOURCE / name).glob("*.py")} - OF_ALL) if name else []
    named = ", ".join(own) if len(own) <= FEW else f"{len(own)} of them"
    return f"| {name or 'all'} | {source} | {tests} | {named} |"


def _lines(folder: Path) -> int:
    return sum(path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.py"))


def _about(number: int) -> int:
    """Its first two digits: the table is about sizes, and not to be written at each commit."""
    return round(number, 2 - len(str(number)))


if __name__ == "__main__":
    sys.exit(main())
