"""The smallest file of each type that is kept."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


def packed(*names: str, **stored: str) -> bytes:
    """An archive with these names in it, and first what is stored as it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in stored.items():
            archive.writestr(zipfile.ZipInfo(name), content)
        for name in names:
            archive.writestr(name, f"<{name}/>")
    return made.getvalue()


def office(*parts: str) -> bytes:
    return packed("[Content_Types].xml", "_rels/.rels", *parts)


def compound(stream: str) -> bytes:
    """The head of a compound file and a directory with this entry in its second place."""
    head = bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0")
    entries = [name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", stream)]
    return head + b"".join(entries)


CONTENTS: dict[str, tuple[str, bytes]] = {
    "a.pdf": ("application/pdf", PDF),
    "b.pdf": ("application/pdf", b"\xef\xbb\xbf\r\n" + PDF),
    "a.doc": ("application/msword", compound("WordDocument")),
    "a.docx": (f"{_OFFICE}.wordprocessingml.document", office("word/document2.xml")),
    "a.odt": (f"{_OPEN}.text", packed("content.xml", mimetype=f"{_OPEN}.text")),
    "a.xls": ("application/vnd.ms-excel", compound("Workbook")),
    "b.xls": ("application/vnd.ms-excel", compound("Book")),
    "a.xlsx": (f"{_OFFICE}.spreadsheetml.sheet", office("xl/workbook.xml")),
    "a.ods": (f"{_OPEN}.spreadsheet", packed("content.xml", mimetype=f"{_OPEN}.spreadsheet")),
    "a.ppt": ("application/vnd.ms-powerpoint", compound("PowerPoint Document")),
    "a.pptx": (f"{_OFFICE}.presentationml.presentation", office("ppt/presentation.xml")),
    "a.odp": (f"{_OPEN}.presentation", packed("content.xml", mimetype=f"{_OPEN}.presentation")),
    "a.png": ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "a.jpg": ("image/jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "a.jpeg": ("image/jpeg", b"\xff\xd8\xff\xe1\0\x10Exif"),
    "a.tif": ("image/tiff", b"II*\0\x08\0\0\0"),
    "a.tiff": ("image/tiff", b"MM\0*\0\0\0\x08"),
    "a.txt": ("text/plain", "Kế hoạch số 152\r\n\tMục 1\n".encode()),
    "b.txt": ("text/plain", b"\xef\xbb\xbfx"),
    "a.csv": ("text/csv", "số;tên\n1;Hủa Phăn\n".encode()),
}
