"""Clients that others generate from openapi.json, made anew and used against the service.

Whatever their generators warn of fails, and so does a program of tools/clients that does not find
what it expects.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.served import BIN, Served, served

PROGRAMS = Path("tools/clients")
NODE = Path("tools/node_modules").resolve()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, served() as service:
        made = Path(folder)
        for program in PROGRAMS.glob("use.*"):
            shutil.copy(program, made)
        # Where the program for node looks for types of node, and the generators for ruff.
        (made / "node_modules").symlink_to(NODE)
        os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        return int(not (_python(made, service) and _typescript(made, service)))


def _python(made: Path, service: Served) -> bool:
    openapi = str(Path("openapi.json").resolve())
    generate = ["generate", "--path", openapi, "--output-path", "sonla_client", "--meta", "none"]
    return _runs(made, BIN / "openapi-python-client", *generate, "--fail-on-warning") and _runs(
        made, BIN / "python", "use.py", service.address, _key(service)
    )


def _typescript(made: Path, service: Served) -> bool:
    shutil.rmtree(made / "sonla_client")
    openapi = str(Path("openapi.json").resolve())
    generate = ["--input", openapi, "--output", "sonla_client"]
    compile_ = [
        "--strict",
        "--noUncheckedIndexedAccess",
        "--skipLibCheck",
        "--esModuleInterop",
        "--target",
        "es2022",
    ]
    compile_ += ["--module", "commonjs", "--lib", "es2022,dom,dom.iterable", "--types", "node"]
    return (
        _runs(made, NODE / ".bin/openapi-ts", *generate)
        and _runs(made, NODE / ".bin/tsc", *compile_, "--outDir", "js", "use.ts")
        and _runs(made, "node", "js/use.js", service.address, _key(service))
    )


def _key(service: Served) -> str:
    return service.key("--name", "client", "--role", "officer")


def _runs(made: Path, *command: str | Path) -> bool:
    """Whether it ended well, and warned of nothing."""
    done = subprocess.run(
        command, cwd=made, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    is_well = done.returncode == 0 and "warn" not in done.stdout.lower()
    if not is_well:
        print(*command, done.stdout, sep="\n")
    return is_well


if __name__ == "__main__":
    sys.exit(main())
