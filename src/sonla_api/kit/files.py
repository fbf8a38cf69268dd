"""Files that come in: how they are called, where their bytes lie, and what they truly are."""

import io
import struct
from collections import deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import IO, NamedTuple

from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.text import Message, as_text

FILE_LIMIT = 20 * 1024 * 1024
"""Bytes of a file at most."""
FIELD = "file"
"""The name of the part that holds it."""

_UNKNOWN = Message(
    "files of this type are not kept; the name must end in one of {known}",
    "không nhận loại tệp này; tên tệp phải kết thúc bằng một trong {known}",
)
_ANOTHER = Message(
    "the content is not that of a {suffix} file", "nội dung không phải của tệp {suffix}"
)
_EMPTY = Message("the file is empty", "tệp không có nội dung")
_PIECE = 256 * 1024
_LINE = 10_000
"""Characters of a line that are looked at together: some files have but one."""


class Upload(NamedTuple):
    """A file as it came; its bytes lie on disk, and are gone with the request."""

    name: str
    content: IO[bytes]
    size: int
    sha256: str

    @property
    def likeness(self) -> bytes:
        """What is the same when the same is sent again; the boundaries of multipart are not."""
        return sha256(f"{self.sha256} {self.name}".encode()).digest()

    def pieces(self) -> Iterator[bytes]:
        self.content.seek(0)
        while piece := self.content.read(_PIECE):
            yield piece

    def media_type(self) -> str:
        """What its name says that it is, if its content says so too."""
        suffix = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        if suffix not in TYPES:
            raise refused("file_type", _UNKNOWN.format(known=", ".join(f".{it}" for it in TYPES)))
        if not self.size:
            raise refused("file_empty", _EMPTY)
        media_type, is_one = TYPES[suffix]
        if not is_one(self.content):
            raise refused("file_content", _ANOTHER.format(suffix=f".{suffix}"))
        return media_type


class StoredFile(NamedTuple):
    """A file that is kept, without its bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    version: int


def refused(code: str, message: Message) -> Invalid:
    return Invalid(errors=[FieldError(f"/{FIELD}", code, message)])


def lines(content: IO[bytes]) -> Iterator[str]:
    """Those of a text in UTF-8, in NFC, long ones in parts; ValueError where it is none."""
    content.seek(0)
    reader = io.TextIOWrapper(content, "utf-8-sig")
    try:
        while line := reader.readline(_LINE):
            yield as_text(line)
    finally:
        reader.detach()  # it would close what it reads from


_Test = Callable[[IO[bytes]], bool]


def _begins(*signatures: bytes) -> _Test:
    def is_one(content: IO[bytes]) -> bool:
        content.seek(0)
        return content.read(max(map(len, signatures))).startswith(signatures)

    return is_one


def _is_pdf(content: IO[bytes]) -> bool:
    """Its signature may stand behind something else, as readers of PDF take it."""
    content.seek(0)
    return b"%PDF-" in content.read(1024)


def _is_text(content: IO[bytes]) -> bool:
    try:
        deque(lines(content), maxlen=0)
    except ValueError:
        return False
    return True


def _compound(*streams: str) -> _Test:
    """A file of Office before 2007: a small file system, with entries of 128 bytes each."""
    names = [stream.encode("utf-16-le") + b"\0\0" for stream in streams]
    begins = _begins(bytes.fromhex("d0cf11e0a1b11ae1"))

    def is_one(content: IO[bytes]) -> bool:
        is_compound = begins(content)
        content.seek(0)
        while is_compound and (piece := content.read(_PIECE)):
            if any(_stands_at_an_entry(name, piece) for name in names):
                return True
        return False

    return is_one


def _stands_at_an_entry(name: bytes, piece: bytes) -> bool:
    at = piece.find(name)
    while at % 128 and at >= 0:
        at = piece.find(name, at + 1)
    return at >= 0


def _package(folder: str) -> _Test:
    """A file of Office since 2007: an archive with a list of its parts; none with macros."""

    def is_one(content: IO[bytes]) -> bool:
        has_list = is_of_kind = has_macros = False
        for name in _archived(content):  # there may be many, so none is kept
            has_list |= name == b"[Content_Types].xml"
            is_of_kind |= name.startswith(folder.encode())
            has_macros |= name.endswith(b"vbaProject.bin")
        return has_list and is_of_kind and not has_macros

    return is_one


def _archived(content: IO[bytes]) -> Iterator[bytes]:
    """The names in a ZIP archive, from the directory at its end; nothing is unpacked."""
    start = max(0, content.seek(0, io.SEEK_END) - 65_557)
    content.seek(start)
    tail = content.read()
    end = tail.rfind(b"PK\x05\x06", 0, -18)
    if end < 0:
        return
    count, _, directory = struct.unpack_from("<HII", tail, end + 10)
    content.seek(directory)
    for _ in range(count):
        entry = content.read(46)
        if len(entry) < 46 or not entry.startswith(b"PK\x01\x02"):  # noqa: PLR2004  of the format
            return
        length, *beside = struct.unpack_from("<HHH", entry, 28)
        yield content.read(length)
        content.seek(sum(beside), io.SEEK_CUR)


def _open_document(media_type: str) -> _Test:
    """Its first entry, which is not compressed, says what it is."""

    def is_one(content: IO[bytes]) -> bool:
        content.seek(0)
        head = content.read(200)
        return head.startswith(b"PK\x03\x04") and head[30:].startswith(
            (b"mimetype" + media_type.encode() + b"PK",)
        )

    return is_one


_OPEN = "application/vnd.oasis.opendocument"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = ("image/jpeg", _begins(b"\xff\xd8\xff"))
_TIFF = ("image/tiff", _begins(b"II*\0", b"MM\0*"))
TYPES: dict[str, tuple[str, _Test]] = {
    "pdf": ("application/pdf", _is_pdf),
    "doc": ("application/msword", _compound("WordDocument")),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _package("word/")),
    "odt": (f"{_OPEN}.text", _open_document(f"{_OPEN}.text")),
    "xls": ("application/vnd.ms-excel", _compound("Workbook", "Book")),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _package("xl/")),
    "ods": (f"{_OPEN}.spreadsheet", _open_document(f"{_OPEN}.spreadsheet")),
    "ppt": ("application/vnd.ms-powerpoint", _compound("PowerPoint Document")),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _package("ppt/")),
    "odp": (f"{_OPEN}.presentation", _open_document(f"{_OPEN}.presentation")),
    "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "tif": _TIFF,
    "tiff": _TIFF,
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
"""What is kept, by the end of its name: what it is, and whether a content is of that kind.

No archives, as nobody sees what they hold; nothing with macros, nothing that a browser would run.
"""
