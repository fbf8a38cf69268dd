"""The files of others stand here byte for byte as they were published."""

import gzip
import hashlib
from pathlib import Path

import pytest

import sonla_api.docs
from sonla_api.docs import assets

STATIC = Path(sonla_api.docs.__file__).parent / "static"
FOLDERS = ("scalar", "swagger-ui")


def of_others() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (STATIC / folder).iterdir())


def test_each_file_has_its_checksum() -> None:
    lines = (STATIC / "CHECKSUMS").read_text().splitlines()
    written = {name: digest for digest, name in (line.split() for line in lines)}
    found = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in of_others()
    }
    assert found == written


@pytest.mark.parametrize(
    ("folder", "licence"), [("scalar", "MIT License"), ("swagger-ui", "Apache License")]
)
def test_each_folder_has_its_licence_and_origin(folder: str, licence: str) -> None:
    assert licence in (STATIC / folder / "LICENSE").read_text()
    assert f"`{folder}/" in (STATIC / "README.md").read_text()


@pytest.mark.parametrize("packed", [it for it in of_others() if it.suffix == ".gz"], ids=str)
def test_compressed_files_are_the_same_content(packed: Path) -> None:
    assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


def test_an_address_changes_with_the_content() -> None:
    digest = hashlib.sha256((STATIC / "site.css").read_bytes()).hexdigest()
    assert assets.address("/sonla", "site.css") == f"/sonla/docs/static/site.css?v={digest}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../endpoints.py",
        "CHECKSUMS",
        "scalar/standalone.js.gz",
        "scalar",
        "README.md",
    ],
)
def test_nothing_else_is_served(name: str) -> None:
    assert assets.find(name) is None
