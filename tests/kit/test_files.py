"""What a file truly is, whatever its name says."""

import io
import struct

import pytest

from sonla_api.kit.files import TYPES, Upload, lines
from sonla_api.kit.problems import Invalid
from tests.documents.contents import CONTENTS, PDF, compound, office, packed


def upload(name: str, content: bytes) -> Upload:
    return Upload(name, io.BytesIO(content), len(content), "00")


def code(name: str, content: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(Invalid) as refused:
        upload(name, content).media_type()
    (error,) = refused.value.errors
    return error.code


def test_every_type_has_an_example() -> None:
    assert {name.partition(".")[2] for name in CONTENTS} == set(TYPES)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_content_is_of_its_own_type_alone(name: str) -> None:
    """So no content passes under the name of another type."""
    media_type, content = CONTENTS[name]
    for suffix, (other, _) in TYPES.items():
        if other == media_type:
            assert upload(f"x.{suffix}", content).media_type() == media_type
        elif not other.startswith("text/") or b"\0" in content:
            assert code(f"x.{suffix}", content) == "file_content", suffix


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("macros.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("no-list.docx", packed("word/document.xml")),
        ("cut.docx", office("word/document.xml")[:-30]),
        ("short.docx", b"PK\x05\x06"),
        ("lies.docx", b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 400, 0, 0)),
        ("far.docx", b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 400, 2**32 - 1, 0)),
        ("late.odt", packed("content.xml", "mimetype")),
        ("other.odt", packed(mimetype="application/vnd.oasis.opendocument.text-template")),
        ("apart.doc", compound("WordDocument")[:512] + b"x" + compound("WordDocument")[512:]),
        ("none.doc", compound("Contents")),
        ("late.pdf", b" " * 1024 + PDF),
        ("latin.txt", "Kế hoạch".encode("cp1258", errors="replace") + b"\xe9"),
        ("wide.txt", "Kế hoạch".encode("utf-16")),
        ("escape.txt", b"\x1b[2J"),
        ("half.txt", "Kế".encode()[:-1]),
        ("marks.csv", ("a" + "\u0301" * 40).encode()),
    ],
)
def test_what_only_looks_like_it_is_refused(name: str, content: bytes) -> None:
    assert code(name, content) == "file_content"


def test_an_entry_is_found_wherever_the_directory_lies() -> None:
    """Also behind a text that only names it."""
    named = "WordDocument".encode("utf-16-le") + b"\0\0"
    body = (b"x" + named).ljust(512 * 1024, b"\0")
    found = compound("Root")[:512] + body + compound("WordDocument")[512:]
    assert upload("a.doc", found).media_type() == "application/msword"


def test_a_text_is_read_by_lines_of_bounded_length() -> None:
    content = io.BytesIO("\ufeffmột\r\nhai\n".encode() + "ế".encode() * 25_000)
    assert [len(line) for line in lines(content)] == [4, 4, 10_000, 10_000, 5_000]
    assert not content.closed
