"""Logs as JSON lines with the id of their request; a plain request leaves none."""

import logging
import sys
import traceback
from contextvars import ContextVar

import structlog
from structlog.typing import ExcInfo

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)


def configure(level: str = "INFO") -> None:
    """Send all loggers, also those of libraries, to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request,
        structlog.processors.ExceptionRenderer(_traceback),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)


def _traceback(exc_info: ExcInfo) -> str:
    """Without the details that PostgreSQL gives: they repeat what a caller wrote."""
    text = "".join(traceback.format_exception(*exc_info))
    cause: BaseException | None = exc_info[1]
    while cause is not None:
        text = text.replace(f"DETAIL:  {getattr(cause, 'detail', None)}", "")
        cause = cause.__cause__ or cause.__context__
    return text


def _request(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name, variable in (("request_id", request_id), ("trace_id", trace_id)):
        if value := variable.get():
            event[name] = value
    return event
