"""An archive of an Office document, written again so that the same content makes the same bytes."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_NO_DAY = (1980, 1, 1, 0, 0, 0)


def packed(archive: bytes) -> bytes:
    """Without the time at which its parts were written."""
    written = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, _NO_DAY), old.read(name), ZIP_DEFLATED)
    return written.getvalue()
