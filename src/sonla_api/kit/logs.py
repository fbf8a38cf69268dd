"""Logs as JSON lines with the id of their request; a plain request leaves none.

Of the standard library alone: structlog costs a process half a megabyte, and four more beside rich.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)


def configure(level: str = "INFO") -> None:
    """Send all loggers, also those of libraries, to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=level, force=True)


class _Lines(logging.Formatter):
    """One object of JSON for each event."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC)
            .isoformat()
            .replace("+00:00", "Z"),
        }
        for name, variable in (("request_id", request_id), ("trace_id", trace_id)):
            if value := variable.get():
                line[name] = value
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _traceback(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _traceback(error: BaseException) -> str:
    """Without the details that PostgreSQL gives: they repeat what a caller wrote."""
    text = "".join(traceback.format_exception(error))
    cause: BaseException | None = error
    while cause is not None:
        text = text.replace(f"DETAIL:  {getattr(cause, 'detail', None)}", "")
        cause = cause.__cause__ or cause.__context__
    return text
