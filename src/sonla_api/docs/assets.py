"""The files that the documentation pages are made of, each with the fingerprint of its content."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    "": "text/plain",
}
_DESCRIPTION = _HERE / "openapi.json"
_NOT_SERVED = {"CHECKSUMS"}  # for whoever keeps the files, not for browsers


@dataclass(frozen=True)
class Asset:
    """A file that is sent; `packed` is its content compressed, as a file or in memory."""

    name: str
    path: Path
    packed: Path | bytes | None
    media_type: str
    fingerprint: str


@cache
def description() -> Asset:
    """The committed openapi.json: to derive it takes seconds and 40 MB, with nobody answered."""
    content = _DESCRIPTION.read_bytes()
    return Asset(
        name=_DESCRIPTION.name,
        path=_DESCRIPTION,
        packed=gzip.compress(content, mtime=0),
        media_type="application/json",
        fingerprint=hashlib.sha256(content).hexdigest(),
    )


def find(name: str) -> Asset | None:
    """The file of that name below static/, None when nothing of that name is served."""
    return _asset(name) if name in _names() else None


def address(base: str, name: str) -> str:
    """Where a browser gets the file; it changes with the content, so it may be kept for ever."""
    return f"{base}/docs/static/{name}?v={_asset(name).fingerprint}"


@cache
def template(name: str) -> Template:
    return Template((_HERE / "templates" / name).read_text(encoding="utf-8"))


@cache
def _names() -> frozenset[str]:
    names = (path.relative_to(_STATIC).as_posix() for path in _STATIC.rglob("*") if path.is_file())
    return frozenset(
        name for name in names if Path(name).suffix in _MEDIA_TYPES and name not in _NOT_SERVED
    )


@cache
def _asset(name: str) -> Asset:
    path = _STATIC / name
    packed = path.with_name(f"{path.name}.gz")
    return Asset(
        name=name,
        path=path,
        packed=packed if packed.exists() else None,
        media_type=_MEDIA_TYPES[path.suffix],
        fingerprint=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
