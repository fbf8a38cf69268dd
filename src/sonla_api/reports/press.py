"""Makes the file of a report in a process of its own: a report in JSON comes in, the file goes out.

So neither the libraries nor the work weigh on the service, and their memory is given back.
"""

import json
import sys
from typing import Any

_NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})
"""Characters that no XML holds."""


def press(format_: str, given: bytes) -> bytes:
    """The file in a format, of a report with what its paper needs beside it."""
    asked = json.loads(given.decode().translate(_NO_XML))
    return _MAKERS[format_](asked["report"] | asked["beside"], asked["base"])


def _word(report: Any, _: str) -> bytes:
    from sonla_api.reports.paper import paper_of
    from sonla_api.reports.word import word

    return word(paper_of(report))


def _workbook(report: Any, base: str) -> bytes:
    from sonla_api.reports.paper import paper_of
    from sonla_api.reports.workbook import workbook

    return workbook(report, paper_of(report), base)


def _pdf(report: Any, base: str) -> bytes:
    from sonla_api.reports.paper import paper_of
    from sonla_api.reports.pdf import pdf

    return pdf(report, paper_of(report), base)


_MAKERS = {"docx": _word, "xlsx": _workbook, "pdf": _pdf}

if __name__ == "__main__":
    sys.stdout.buffer.write(press(sys.argv[1], sys.stdin.buffer.read()))
