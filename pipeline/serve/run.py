"""The server process: one loop that answers, threads that work."""

import logging
import resource
import socket
import sys
import traceback
from typing import Any, Final

import click
import uvicorn
from fastapi import FastAPI

from pipeline.errors import InputError
from pipeline.machine import bounded
from pipeline.serve.app import app_of
from pipeline.serve.desk import Serving
from pipeline.serve.patience import Patient

_IDLE: Final = 15
"""Seconds after which a connection without a question is closed."""
_FAREWELL: Final = 20
"""Seconds that requests under way have to end when the server is told to stop."""
_QUEUE: Final = 512
"""Connections that the system holds for the server."""
_SWITCH: Final = 0.0005
"""Seconds after which a thread that works makes way for the loop, a tenth of the usual: short questions wait less."""
_OPEN: Final = 1 << 16
"""Files and connections that may be open at once."""


class _Discreet(logging.Formatter):
    """Says what kind of error it was and where, but not in its own words: they may be a headline."""

    def formatException(self, ei: Any) -> str:  # noqa: N802, ANN401 (logging's own)
        """Give the places of a traceback and the name of the error."""
        kind, _, trace = ei
        return "".join([*traceback.format_tb(trace), kind.__name__])


def serve(serving: Serving, host: str, port: int) -> None:
    """Serve until told to stop.

    Args:
        serving: How to serve.
        host: The address to listen on.
        port: The port; 0: one that is free.

    Raises:
        ModelError: If there is no model that can be loaded.
        InputError: If the address cannot be listened on.
    """
    server = server_of(app_of(serving))
    _many_connections()
    sys.setswitchinterval(_SWITCH)
    with bounded(), listening(host, port) as listener:
        log_to_stderr(serving.log)
        click.echo(f"Rubrika: http://{host if ':' not in host else f'[{host}]'}:{listener.getsockname()[1]}/", err=True)
        server.run([listener])


def _many_connections() -> None:
    """Ask the system for as many open files as it lets a process have: silent connections hold one each."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN if most == resource.RLIM_INFINITY else min(most, _OPEN)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def server_of(app: FastAPI) -> uvicorn.Server:
    """Give the server of an application; it can be run once."""
    config = uvicorn.Config(
        app,
        http=Patient,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_FAREWELL,
    )
    return uvicorn.Server(config)


def listening(host: str, port: int) -> socket.socket:
    """Listen on an address.

    Args:
        host: The address.
        port: The port; 0: one that is free.

    Returns:
        The socket.

    Raises:
        InputError: If it cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio would leave Nagle's algorithm on, and an answer would wait 40 ms for a client's sign.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
        listener.listen(_QUEUE)
    except (OSError, OverflowError) as error:
        listener.close()
        found = f"an address that cannot be listened on ({error})"
        raise InputError(f"{host}:{port}", found, "a free port of this machine", "name another by --port") from error
    return listener


def log_to_stderr(wanted: str) -> None:
    """Log warnings, and a line a request if that is wanted.

    Args:
        wanted: As ``Serving.log``.
    """
    handler = logging.StreamHandler()
    form = logging.Formatter if wanted == "headlines" else _Discreet
    handler.setFormatter(form("%(asctime)s %(levelname)s %(message)s"))
    for name in ("rubrika.serve", "uvicorn.error"):
        log = logging.getLogger(name)
        log.handlers = [handler]
        log.propagate = False
    logging.getLogger("rubrika.serve").setLevel(logging.WARNING if wanted == "quiet" else logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
