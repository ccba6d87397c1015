"""The model at work: the champion of a folder, exchanged in one step when another stands there."""

import asyncio
import logging
from copy import copy
from pathlib import Path
from typing import Final, NamedTuple

from anyio import to_thread

from pipeline.errors import ModelError
from pipeline.model import digest
from pipeline.tagger import Tagger

EVERY: Final = 1.0
"""Seconds between two looks at the folder's checksums."""
_SHOWN: Final = 12
_log = logging.getLogger("rubrika.serve")


class Champion(NamedTuple):
    """A model that answers; a request takes one and keeps it to its end.

    Attributes:
        tagger: At work.
        digest: The SHA-256 of its checksums, in hex.
    """

    tagger: Tagger
    digest: str

    @property
    def version(self) -> str:
        """What the model is told by where there is little room, as ``model.version`` gives it."""
        return self.digest[:_SHOWN]

    @property
    def name(self) -> str:
        """What answers are told to be by."""
        return f"{self.tagger.model.card.name}-{self.version}"

    def precise(self, precision: float | None) -> Tagger:
        """Give the tagger with thresholds for a wanted precision, as ``Tagger.load`` does.

        Args:
            precision: Wanted of every tag, 0 to 1, if any.

        Returns:
            A tagger that shares this one's memory.

        Raises:
            SettingsError: If no threshold reaches the precision.
        """
        if precision is None:
            return self.tagger
        tagger = copy(self.tagger)
        tagger.decision = tagger.decision.precise(precision)
        return tagger


class Throne:
    """Where the champion sits.

    Args:
        folder: The model's folder.

    Raises:
        ModelError: If no model can be loaded from it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None
        self.champion = _load(folder)

    async def watch(self) -> None:
        """Look at the folder for ever, and let a new model take its place while the old one answers."""
        while True:
            await asyncio.sleep(EVERY)
            await self.look()

    async def look(self) -> bool:
        """Take up the model that stands in the folder if it is another one.

        Returns:
            Whether it was.
        """
        try:
            state = (self._folder / "SHA256SUMS").stat()
            if (seen := (state.st_ino, state.st_mtime_ns)) == self._seen:
                return False
            found = await to_thread.run_sync(digest, self._folder)
            if found != self.champion.digest:
                self.champion = await to_thread.run_sync(_load, self._folder)
                _log.info("the champion is %s now", self.champion.name)
        except (OSError, ModelError) as error:
            _log.warning("the champion stays %s: %s", self.champion.name, error)
            return False
        changed = self._seen is not None
        self._seen = seen
        return changed


def _load(folder: Path) -> Champion:
    """Load a model with its digest; one that is replaced meanwhile is loaded anew."""
    while True:
        before = digest(folder)
        tagger = Tagger.load(folder)
        if digest(folder) == before:
            return Champion(tagger, before)
