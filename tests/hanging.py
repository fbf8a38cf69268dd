"""A test that hangs is ended with its worker, after saying where: also what is awaited, which the
frames of threads do not show.
"""

import faulthandler
import gc
import os
import threading
from collections.abc import Iterator
from types import AsyncGeneratorType, CoroutineType
from typing import Any

import pytest


class Watch:
    """A plugin; made in `pytest_configure`, when nothing is captured yet."""

    def __init__(self, patience: float) -> None:
        self._patience, self._out = patience, os.dup(2)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        timer = threading.Timer(self._patience, self._end, [item.nodeid])
        timer.daemon = True
        timer.start()
        try:
            return (yield)
        finally:
            timer.cancel()

    def _end(self, test: str) -> None:
        gc.unfreeze()  # what was frozen is not looked through
        frames = [
            frame
            for it in gc.get_objects()
            if isinstance(it, CoroutineType | AsyncGeneratorType)
            and (frame := getattr(it, "cr_frame", None) or getattr(it, "ag_frame", None))
        ]
        lines = sorted(
            {f"  {it.f_code.co_filename}:{it.f_lineno} {it.f_code.co_name}" for it in frames}
        )
        told = [f"\n{test} took more than {self._patience} s; awaited:", *lines, "threads:", ""]
        os.write(self._out, "\n".join(told).encode())
        faulthandler.dump_traceback(self._out, all_threads=True)
        os._exit(1)
