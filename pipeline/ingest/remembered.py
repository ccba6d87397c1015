"""Feeds fetched before, with what their servers need to answer that nothing is new (ETag, Last-Modified).

One small file an address in the user's cache folder: a line of JSON, then the body.
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pipeline.atomic import replace_file

LARGEST: Final = 1 << 22
"""Bytes of a feed that is kept: 4 MB, a hundred times the usual one."""
_ASKED: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True)
class Known:
    """A feed as it was.

    Attributes:
        conditions: The headers that ask for it only if it has changed.
        charset: The encoding that the server said it is in.
        body: Its bytes, as a file at its beginning.
    """

    conditions: dict[str, str]
    charset: str | None
    body: IO[bytes]


def recall(address: str) -> Known | None:
    """Give what was fetched before, if anything was kept."""
    try:
        head, _, body = _path(address).read_bytes().partition(b"\n")
        told = json.loads(head)
        if told["address"] != address:
            return None
        return Known(dict(told["conditions"]), told["charset"], io.BytesIO(body))
    except (OSError, ValueError, KeyError, TypeError):  # none, or a file that something has spoilt
        return None


def remember(address: str, headers: Mapping[str, str], charset: str | None, body: IO[bytes]) -> None:
    """Keep a feed whose server can tell that it has not changed; what cannot be kept is not.

    Args:
        address: Where it is from.
        headers: What the server said.
        charset: The encoding that it is in.
        body: Its bytes; left at its beginning.
    """
    conditions = {asks: headers[name] for name, asks in _ASKED.items() if headers.get(name)}
    data = body.read(LARGEST + 1)
    body.seek(0)
    if not conditions or len(data) > LARGEST:
        return
    head = json.dumps({"address": address, "charset": charset, "conditions": conditions}).encode()
    try:
        path = _path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as file:
            file.write(head + b"\n" + data)
    except OSError:
        return


def _path(address: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rubrika" / hashlib.sha256(address.encode()).hexdigest()[:32]
