"""In which forms a list is given: pages of JSON, or whole as a file; a report, as JSON or paper."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Of the files, by `format`."""
PAPER_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": MEDIA_TYPES["xlsx"],
    "pdf": "application/pdf",
}
"""Of what is printed or calculated with."""
PAPERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {
                "schema": {"type": "string", "contentMediaType": kind},
                "example": "(the bytes of the file)",
            }
            for kind in PAPER_TYPES.values()
        }
    }
}
"""What an endpoint declares that also answers papers."""
_JSON = {f"application/{name}": "json" for name in ("json", "problem+json", "*")}
_WEIGHT = re.compile(r";\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*(?:;|$)", re.IGNORECASE)

Format = Annotated[
    Literal["json", "csv", "ndjson", "xlsx"] | None,
    Field(
        description="`csv`, `ndjson` and `xlsx` give the whole list as a file, as `Accept` does; "
        "then `limit`, `cursor` and `count` are refused."
    ),
]
PaperFormat = Annotated[
    Literal["json", "docx", "xlsx", "pdf"] | None,
    Field(description="`docx`, `xlsx` and `pdf` give the report as a file, as `Accept` does."),
]


def preferred(accepted: str, offered: Mapping[str, str] = MEDIA_TYPES) -> str | None:
    """The format that an Accept header weighs most, the first of equals; None if it names none."""
    names = {media_type: name for name, media_type in offered.items()} | _JSON
    best, found = 0.0, None
    for part in accepted[:2000].split(","):
        media_type = part.partition(";")[0].strip().lower()
        name = "json" if media_type == "*/*" else names.get(media_type)
        said = _WEIGHT.search(part)
        weight = float(said[1]) if said else 1.0
        if name and weight > best:
            best, found = weight, name
    return found
