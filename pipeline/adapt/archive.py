"""An archive without tags: its headlines, each once, without those that judge."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.errors import InputError
from pipeline.ingest import read
from pipeline.ingest.record import Counts
from pipeline.retold import resembling


@dataclass(frozen=True)
class Archive:
    """Headlines without tags.

    Attributes:
        headlines: The headlines, each once.
        read: Rows read.
        judging: Different headlines left out, since they resemble one that judges.
    """

    headlines: list[str]
    read: int
    judging: int

    def facts(self) -> dict[str, object]:
        """Give its digest and counts."""
        digest = hashlib.sha256("".join(f"{headline}\n" for headline in self.headlines).encode()).hexdigest()
        return {"sha256": digest, "read": self.read, "left_out": self.judging, "headlines": len(self.headlines)}

    def __str__(self) -> str:
        """The counts, for people."""
        left = f"{self.judging:,} left out as they resemble headlines that judge"
        return f"{self.read:,} rows of the archive, {len(self.headlines):,} headlines to learn from, {left}"


def read_archive(sources: Sequence[str], judging: Iterable[str]) -> Archive:
    """Read an archive.

    Args:
        sources: Files of any format that can be tagged; ``-`` is the standard input.
        judging: The headlines that models will be judged on. What resembles one of them is left out, or the adapted
            model would have studied its own examination.

    Returns:
        The archive.

    Raises:
        InputError: If a file cannot be read, or no headline is left.
    """
    counts = Counts()
    tables = (table for source in sources for table in read(source, counts))
    distinct = list(dict.fromkeys(text for table in tables for text in table["headline"].to_pylist() if text))
    alike = resembling(distinct, judging)
    kept = [headline for headline, judges in zip(distinct, alike, strict=True) if not judges]
    if not kept:
        found = f"{len(distinct)} headlines, of which {sum(alike)} resemble those that judge"
        raise InputError(", ".join(sources), found, "headlines to learn from", "give a larger archive")
    return Archive(kept, counts.read, sum(alike))
