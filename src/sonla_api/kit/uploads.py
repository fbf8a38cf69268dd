"""A file sent as multipart/form-data, read as it comes: onto disk, never whole into memory."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter, ValidationError
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import Receive

from sonla_api.kit import problems
from sonla_api.kit.files import FIELD, FILE_LIMIT, TYPES, Upload, refused
from sonla_api.kit.problems import FieldError, Invalid
from sonla_api.kit.text import Message, text

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MULTIPART = "multipart/form-data"
_AROUND = 64 * 1024
"""Bytes that boundaries and headers may take beside the file."""
_IN_MEMORY = 256 * 1024

_NO_FORM = Message("The body is not {kind}: {why}.", "Nội dung không phải {kind}: {why}.")
_MISSING = Message(
    "a part named {field} with a file name is required", "cần một phần tên {field} có tên tệp"
)
_UNKNOWN = Message("there is no such field", "không có trường này")
_NAME = Message(
    "a file name is one line of at most 255 characters in UTF-8, without / and \\",
    "tên tệp viết trên một dòng, tối đa 255 ký tự UTF-8, không có / và \\",
)
_name = TypeAdapter[str](Annotated[str, text(255, min_length=1, is_one_line=True)])


async def _received(request: Request) -> Upload:
    upload: Upload | Invalid = request.state.upload
    if isinstance(upload, Invalid):
        raise upload
    return upload


Received = Annotated[Upload, Depends(_received)]
"""The file that a request brings: an endpoint with such a parameter takes it instead of JSON."""


DESCRIBED = {
    "required": True,
    "content": {
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {
                    FIELD: {
                        "type": "string",
                        "contentMediaType": "application/octet-stream",
                        "description": f"One of {', '.join(f'.{it}' for it in TYPES)}.",
                    }
                },
                "additionalProperties": False,
            },
            "example": {FIELD: "(the bytes of Kế hoạch 152.pdf)"},
        }
    },
}
"""Such a body, in the words of OpenAPI."""


def upload_addresses(api: FastAPI) -> list[re.Pattern[str]]:
    """Where files are taken."""
    return [route.path_regex for route in iter_route_contexts(api.routes) if takes_file(route)]


def takes_file(route: Any) -> bool:
    dependant = getattr(route, "dependant", None)
    return dependant is not None and any(it.call is _received for it in dependant.dependencies)


@asynccontextmanager
async def received(headers: Headers, receive: Receive) -> AsyncIterator[dict[str, Any]]:
    """For the state of a request: its one file as `upload`, which is gone at the end, and `body`,
    which tells whether the same is sent again. What is wrong with a form waits for the door: it is
    told to who may send one.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        try:
            upload = await _read(headers, receive, _Form(content))
            state: dict[str, Any] = {"upload": upload, "body": upload.likeness}
        except Invalid as wrong:
            state = {"upload": wrong, "body": b""}
        yield state


async def _read(headers: Headers, receive: Receive, form: "_Form") -> Upload:
    if "content-type" not in headers:
        raise refused("missing", _MISSING.format(field=FIELD))
    parser = _parser(headers, form)
    taken, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _no_form("it breaks off")
        piece, more = message.get("body", b""), message.get("more_body", False)
        taken += len(piece)
        if taken > FILE_LIMIT + _AROUND:
            raise problems.TooLarge(limit=FILE_LIMIT)
        try:
            await asyncio.to_thread(parser.write, piece)
        except FormParserError as error:
            raise _no_form("a boundary or a header is malformed") from error
    return form.upload()


def _parser(headers: Headers, form: "_Form") -> MultipartParser:
    length = headers.get("content-length", "0")
    if re.fullmatch(r"[0-9]{1,18}", length) and int(length) > FILE_LIMIT + _AROUND:
        raise problems.TooLarge(limit=FILE_LIMIT)
    _, options = parse_options_header(headers.get("content-type"))
    try:
        return MultipartParser(options.get(b"boundary", b""), form.callbacks)
    except FormParserError as error:
        raise _no_form("its boundary is too long") from error


def _no_form(why: str) -> problems.BadRequest:
    return problems.BadRequest(_NO_FORM.format(kind=MULTIPART, why=why))


class _Form:
    """What a parser of multipart finds: one part, which holds the file."""

    def __init__(self, content: Any) -> None:
        self._content, self._digest, self._size = content, sha256(), 0
        self._name: str | None = None
        self._is_whole = False
        self._field = self._value = b""
        self._disposition = b""
        self.callbacks: MultipartCallbacks = {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }

    def upload(self) -> Upload:
        if not self._is_whole:
            raise _no_form("its last boundary is missing")
        if self._name is None:
            raise refused("missing", _MISSING.format(field=FIELD))
        return Upload(self._name, self._content, self._size, self._digest.hexdigest())

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        field = options.get(b"name", b"").decode(errors="replace")
        if field != FIELD or self._name is not None:
            raise Invalid(errors=[FieldError(_pointer(field), "extra_forbidden", _UNKNOWN)])
        if b"filename" not in options:
            raise refused("missing", _MISSING.format(field=FIELD))
        self._name = _readable(options[b"filename"])

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        self._size += len(piece)
        if self._size > FILE_LIMIT:
            raise problems.TooLarge(limit=FILE_LIMIT)
        self._digest.update(piece)
        self._content.write(piece)

    def _on_end(self) -> None:
        self._is_whole = True


def _pointer(field: str) -> str:
    return "/" + field[:100].replace("~", "~0").replace("/", "~1") if field.isprintable() else "/"


def _readable(name: bytes) -> str:
    """Exactly as it was sent, in NFC; browsers write these three in their own way."""
    try:
        known = _name.validate_python(name.decode().replace("%22", '"'))
    except (UnicodeDecodeError, ValidationError) as error:
        raise refused("file_name", _NAME) from error
    if "/" in known or "\\" in known or known in {".", ".."}:
        raise refused("file_name", _NAME)
    return known
