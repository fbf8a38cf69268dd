"""In which forms a list is given: pages of JSON, or whole as a file."""

import re
from typing import Annotated, Literal

from pydantic import Field

MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Of the files, by `format`."""
_BY_MEDIA_TYPE = {media_type: name for name, media_type in MEDIA_TYPES.items()} | {
    f"application/{name}": "json" for name in ("json", "problem+json", "*")
}
_WEIGHT = re.compile(r";\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*(?:;|$)", re.IGNORECASE)

Format = Annotated[
    Literal["json", "csv", "ndjson", "xlsx"] | None,
    Field(
        description="`csv`, `ndjson` and `xlsx` give the whole list as a file, as `Accept` does; "
        "then `limit`, `cursor` and `count` are refused."
    ),
]


def preferred(accepted: str) -> str | None:
    """The format that an Accept header weighs most, the first of equals; None if it names none."""
    best, found = 0.0, None
    for part in accepted[:2000].split(","):
        media_type = part.partition(";")[0].strip().lower()
        name = "json" if media_type == "*/*" else _BY_MEDIA_TYPE.get(media_type)
        said = _WEIGHT.search(part)
        weight = float(said[1]) if said else 1.0
        if name and weight > best:
            best, found = weight, name
    return found
