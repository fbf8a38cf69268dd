"""The processes of a service with several."""

import os
import signal
import socket
import time
from threading import Timer
from typing import Any

import uvicorn

from sonla_api.servers import Process


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """What the process serves; nobody calls."""


def test_a_process_that_dies_is_missed_at_once() -> None:
    config = uvicorn.Config("tests.test_servers:nothing", lifespan="off", log_config=None)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        process = Process(config, [bound])
        process.start()
        assert process.pid
        try:
            assert process.wait_until_ready(30)
            assert process.is_alive(30)
            os.kill(process.pid, signal.SIGSTOP)  # so that it is asked before it dies
            while process.parent_conn.poll(0.2):  # what it had answered late
                process.parent_conn.recv()
            Timer(0.1, process.process.kill).start()
            began = time.monotonic()
            assert not process.ping(60)
            assert time.monotonic() - began < 30
        finally:
            process.kill()
            process.join()
