"""Vectors of headlines by multilingual-e5-small, kept in a file so that no headline is embedded twice."""

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError

Vectors = npt.NDArray[np.float16]
Embed = Callable[[list[str]], npt.NDArray[np.floating]]

WIDTH: Final = 384
"""Numbers of one vector."""
_KEY: Final = 32
_BATCH: Final = 256


class Shelf:
    """Vectors by the SHA-256 of their text, in two files that only grow: keys, and vectors in the same order.

    A killed run leaves at most a torn last batch, which is cut off when the shelf is next opened.

    Args:
        folder: Where the files stand; it is made if missing. Nothing means that the vectors live in memory alone.
        name: What made the vectors; another maker has other files.

    Raises:
        InputError: If the folder cannot be written.
    """

    def __init__(self, folder: Path | None, name: str) -> None:
        self._files = (folder / f"{name}.keys", folder / f"{name}.vectors") if folder else None
        self._places: dict[bytes, int] = {}
        self._rows: list[Vectors] = []
        if self._files:
            try:
                self._open(*self._files)
            except OSError as error:
                found = f"a folder that cannot be used ({error.strerror})"
                raise InputError(folder, found, "a folder for the vectors", "name another by --cache") from error

    def __len__(self) -> int:
        """How many vectors stand here."""
        return len(self._places)

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Give the different texts that have no vector yet, in their order."""
        return [text for text in dict.fromkeys(texts) if _key(text) not in self._places]

    def add(self, texts: Sequence[str], vectors: npt.NDArray[np.floating]) -> None:
        """Keep the vectors of different texts that have none yet; shape (n_texts, WIDTH)."""
        rows, keys = vectors.astype(np.float16), [_key(text) for text in texts]
        if self._files:
            for path, data in zip(self._files, (b"".join(keys), rows.tobytes()), strict=True):
                with path.open("ab") as file:
                    file.write(data)
        self._places.update({key: len(self._places) + place for place, key in enumerate(keys)})
        self._rows.extend(rows)

    def of(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the vectors of texts that all stand here; shape (n_texts, WIDTH)."""
        rows = [self._rows[self._places[_key(text)]] for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), WIDTH)

    def _open(self, keys: Path, vectors: Path) -> None:
        keys.parent.mkdir(parents=True, exist_ok=True)
        for path in (keys, vectors):
            path.touch()
        size = WIDTH * np.dtype(np.float16).itemsize
        whole = min(keys.stat().st_size // _KEY, vectors.stat().st_size // size)
        for path, width in ((keys, _KEY), (vectors, size)):
            with path.open("r+b") as file:
                file.truncate(whole * width)
        data = keys.read_bytes()
        self._places = {data[_KEY * row : _KEY * (row + 1)]: row for row in range(whole)}
        self._rows = list(np.fromfile(vectors, np.float16).reshape(whole, WIDTH))


def fill(shelf: Shelf, texts: Sequence[str], embed: Embed) -> None:
    """Embed what the shelf does not have, with a progress bar and its rate on the standard error.

    Args:
        shelf: Where the vectors go, batch by batch.
        texts: Headlines.
        embed: Gives the vectors of a batch; shape (n_texts, WIDTH).
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    missing = shelf.missing(texts)
    if not missing:
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    begun = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("embedding", total=len(missing))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            shelf.add(batch, embed(batch))
            rate = (start + len(batch)) / (time.perf_counter() - begun)
            progress.update(task, advance=len(batch), description=f"embedding, {rate:.0f} headlines/s")


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
