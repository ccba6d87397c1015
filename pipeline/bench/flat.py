"""Memory over a stream in which every chunk is new: it must stop to grow when what is remembered reaches its bounds.

``python -m pipeline.bench.flat models/champion 10000000`` prints the megabytes after each twentieth of the stream, as
JSON.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.tagger import Tagger

STEPS: Final = 20
"""How often the memory is looked at."""
_LETTERS: Final = np.array(list("абвгдежзийклмнопрстуфхцчшщыьэюя"))
_LENGTH: Final = 9
"""Letters of a chunk: so many that two of a stream are hardly ever the same."""
_CHUNKS: Final = 8
"""Chunks of a headline."""
_BATCH: Final = 1 << 12
"""Headlines tagged at a time."""


def strangers(headlines: int, seed: int) -> pa.Table:
    """Make headlines of chunks that nobody has seen.

    Args:
        headlines: How many.
        seed: Of the lots.

    Returns:
        A table with the column ``headline``.
    """
    letters = np.random.default_rng(seed).choice(_LETTERS, (headlines * _CHUNKS, _LENGTH))
    chunks = np.ascontiguousarray(letters).view(f"<U{_LENGTH}").reshape(headlines, _CHUNKS)
    return pa.table({"headline": pa.array([" ".join(row) for row in chunks.tolist()], pa.string())})


def measure(tagger: Tagger, chunks: int) -> Iterator[float]:
    """Tag a stream of new chunks.

    Args:
        tagger: A tagger.
        chunks: How many there are.

    Yields:
        The megabytes that the process holds after each step of the stream.
    """
    batches = max(chunks // _CHUNKS // _BATCH, STEPS)
    for number in range(1, batches + 1):
        tagger.tag_arrow(strangers(_BATCH, number))
        if number * STEPS // batches > (number - 1) * STEPS // batches:
            yield held()


def held(process: int | str = "self") -> float:
    """Give the memory of a process in megabytes; what it shares with others counts by its share (PSS of Linux)."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("Pss:"))


def main(arguments: Sequence[str]) -> None:
    """Measure; the figures go to the standard output.

    Args:
        arguments: The model's folder, and how many chunks.
    """
    folder, chunks = arguments
    sys.stdout.write(json.dumps(list(measure(Tagger.load(folder), int(chunks)))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
