"""Lines of a small folder: a page, an agency, a province with a district, a visit."""

import json
from pathlib import Path
from typing import Any

Line = dict[str, Any]
SOURCE: Line = {"key": "S1", "title": "A page", "covers": "2024-H1", "language": "en"}
AGENCY: Line = {
    "key": "ppc",
    "kind": "peoples_committee",
    "name": {"vi": "UBND"},
    "source": "S1",
}
PART: Line = {
    "key": "la-ho-xk",
    "kind": "local_government",
    "name": {"en": "Xiengkho"},
    "country": "LA",
    "parent": "la-ho",
    "relation": "twinned",
    "source": "S1",
}
WHOLE: Line = {
    "key": "la-ho",
    "kind": "local_government",
    "name": {"en": "Houaphanh"},
    "country": "LA",
    "relation": "cooperation",
    "source": "S1",
}
VISIT: Line = {
    "key": "in-1",
    "direction": "inbound",
    "level": "province",
    "title": {"en": "Visit"},
    "partners": ["la-ho"],
    "country": "LA",
    "date": "2024-H1",
    "date_precision": "half",
    "source": "S1",
    "flags": ["year_inferred"],
    "date_as_printed": "June",
}

PLAN: Line = {
    "key": "1/KH-UBND",
    "number": "1/KH-UBND",
    "type": "plan",
    "issuer": "ppc",
    "subject": {"en": "Plan"},
    "implements": ["2-NQ/TW"],
    "source": "S1",
}
RESOLUTION: Line = {
    "key": "2-NQ/TW",
    "number": "2-NQ/TW",
    "type": "resolution",
    "issuer": "ppc",
    "subject": {"en": "Resolution"},
    "source": "S1",
}
PROGRAMME: Line = {
    "key": "programme",
    "kind": "oda_technical",
    "title": {"en": "Programme"},
    "stage": "completed",
    "source": "S1",
}
DAM: Line = {
    "key": "dam",
    "kind": "oda_grant",
    "title": {"en": "Dam"},
    "stage": "planning",
    "donors": ["la-ho", "ppc"],
    "part_of": "programme",
    "source": "S1",
    "amounts": [
        {"value": "8200000000", "currency": "VND", "qualifier": "more_than"},
        {"value": "328000", "currency": "USD", "qualifier": "conversion"},
        {"value": "5", "currency": "LAK"},
    ],
}


def write(folder: Path, **changed: Any) -> Path:
    """The folder with these files; a text or bytes instead of lines is written as it is."""
    files: dict[str, Any] = {
        "sources": [SOURCE],
        "agencies": [AGENCY],
        "partners": [PART, WHOLE],  # the part before the whole
        "documents": [],
        "agreements": [],
        "delegations": [VISIT],
        "sites": [],
        "projects": [],
        "plans": [],
        "events": [],
    } | changed
    for name, lines in files.items():
        content = lines
        if isinstance(lines, list):
            content = "[\n" + ",\n".join(json.dumps(line) for line in lines) + "\n]"
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.json").write_bytes(raw)
    return folder
