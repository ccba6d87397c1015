"""Whether an input is so large that it is tagged piece by piece (``bulk.py``); light, as every start asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import SettingsError

FORMATS: Final = (".parquet", ".jsonl", ".csv")
"""Endings of tables that can be read piece by piece."""
_LARGE: Final = 1 << 26
"""Bytes from which on a text file is tagged piece by piece."""


def is_bulk(inputs: Sequence[str], wanted: Mapping[str, object], resume: bool) -> bool:
    """Tell whether inputs are one table to tag piece by piece, into a file.

    Args:
        inputs: Files.
        wanted: The other options of the command, by name; some ask for more than pieces can give.
        resume: Whether to resume.

    Returns:
        Whether it is one Parquet file, or a large JSONL or CSV file, or one to resume.

    Raises:
        SettingsError: If there is nothing to resume.
    """
    plain = wanted["out"] is not None and not any(wanted[name] for name in ("rejects", "why", "kind"))
    bulk = len(inputs) == 1 and Path(inputs[0]).suffix in FORMATS and plain
    if resume and not bulk:
        expected = f"one file {', '.join(FORMATS)} with --out, without --format, --rejects and --explain"
        raise SettingsError("--resume", "other inputs or options", expected, "leave it out")
    return bulk and (resume or inputs[0].endswith(".parquet") or _is_large(Path(inputs[0])))


def _is_large(path: Path) -> bool:
    return path.is_file() and path.stat().st_size >= _LARGE
