"""Serving the API over HTTP, in one process or in several, until somebody says stop."""

import errno
import gc
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import multiprocess

from sonla_api.embedded import die_with_parent
from sonla_api.kit import logs
from sonla_api.kit.model import forget_expressions
from sonla_api.main import create_app
from sonla_api.servers import Process, Server
from sonla_api.settings import Settings, SettingsError

FACTORY = "sonla_api.serving:worker"
CONNECTION = "sonla_api.connections:Connection"
GRACE = 25  # seconds for open requests to end; orchestrators kill after 30
HUNG = 20  # seconds without a sign of life, also from a process that starts on a busy machine
START = 60.0  # seconds for all processes to be ready
ANOTHER_TRY = 2.0  # seconds for a process that was told to stop to give its port back


def bind(host: str, port: int) -> socket.socket:
    """The socket, bound but not listening yet; taken first of all, so that a port on which somebody
    listens is said at once.
    """
    deadline = time.monotonic() + ANOTHER_TRY
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise SettingsError(
                f"{host}:{port} cannot be served on ({error.strerror}); "
                "SONLA_PORT and SONLA_HOST name another address"
            ) from None


def serve(settings: Settings, bound: socket.socket, started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `started` is called once requests are answered."""
    logs.configure(settings.log_level)
    if settings.workers > 1:
        _serve_with_workers(settings, bound, started)
    else:
        Server(config(settings, _made(settings)), started).run(sockets=[bound])


def worker() -> FastAPI:
    """The application of one of several processes, from the environment."""
    settings = Settings.read()
    die_with_parent(signal.SIGTERM)  # a killed parent leaves no worker on the port
    logs.configure(settings.log_level)
    return _made(settings)


def _made(settings: Settings) -> FastAPI:
    """The application, which stays: no search for garbage looks through it again. As one takes
    milliseconds then, there are many: what one statement was compiled from makes room for the next.
    """
    app = create_app(settings)
    forget_expressions()
    gc.collect()
    gc.freeze()
    gc.collect()  # this one counts what is left, of which the next wait for a quarter to be new
    gc.set_threshold(700, 5, 1)
    return app


class _Workers(multiprocess.Multiprocess):
    handle_hup = multiprocess.Multiprocess.handle_term  # as a single process does: see cli

    def __init__(
        self, config: uvicorn.Config, bound: socket.socket, started: Callable[[], None]
    ) -> None:
        super().__init__(config, [bound])
        self._started = started

    def init_processes(self) -> None:
        super().init_processes()
        deadline = time.monotonic() + START
        if all(it.wait_until_ready(deadline - time.monotonic()) for it in self.processes):
            self._started()

    def terminate_all(self) -> None:
        """Our own hold on the address goes first: the kernel would let callers in for nobody."""
        for one in self.sockets:
            one.close()
        super().terminate_all()


def _serve_with_workers(
    settings: Settings, bound: socket.socket, started: Callable[[], None]
) -> None:
    # What a worker reads: the address also when it is the embedded server's, and one folder where
    # all add up their figures for /metrics.
    os.environ["SONLA_DATABASE_URL"] = str(settings.database_url)
    with tempfile.TemporaryDirectory(prefix="sonla-metrics-") as folder:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
        bound.set_inheritable(True)
        # What it makes its processes of, also those in place of dead ones.
        multiprocess.Process = Process  # type: ignore[misc]  # uvicorn has no other way
        _Workers(config(settings, FACTORY), bound, started).run()


def config(settings: Settings, app: FastAPI | str) -> uvicorn.Config:
    """What uvicorn is told, for one process and for several."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        loop="uvloop",
        http=CONNECTION,
        ws="none",
        lifespan="on",
        log_config=None,  # kit.logs has done it
        access_log=False,
        log_level="warning",  # the command line says that it has started
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE,
        timeout_worker_healthcheck=HUNG,
    )


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
