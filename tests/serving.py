"""A real server on a free port of this machine, for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from pipeline.serve.app import app_of
from pipeline.serve.desk import Desk, Serving
from pipeline.serve.run import listening, server_of

HEADLINES = [
    "Нацбанк поднял ставку рефинансирования",
    "Сейм выбрал спикера и распустил комитет",
    "Генштаб сообщил об отходе бригады",
    "Ёжик вышел из тумана",
]

connections: list[set[Any]] = []
"""The connections of the server that was started last."""


@contextmanager
def served(folder: Path, model: Path, room: int = 1 << 18, **how: Any) -> Iterator[tuple[httpx.Client, Desk]]:
    """Serve in a thread, with buffers of some bytes; give a client and what the server's requests share."""
    app = app_of(Serving(model=model, corrections=folder / "corrections.db", **{"rate": 0.0} | how))
    with listening("127.0.0.1", 0) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        server = server_of(app)
        connections[:] = [server.server_state.connections]
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with httpx.Client(base_url=base, timeout=30, headers={"Accept": "*/*"}) as client:
                yield client, app.state.desk
        finally:
            server.should_exit = True
            thread.join()


def paste(client: httpx.Client, text: str = "\n".join(HEADLINES), **more: Any) -> str:
    """Give headlines to the page; give the address of the sheet."""
    answer = client.post("/sheets", files={"text": (None, text)} | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]
