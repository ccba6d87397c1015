"""What a table must be to be tagged piece by piece (``bulk.py``)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import SettingsError

FORMATS: Final = (".parquet", ".jsonl", ".csv")
"""Endings of tables that can be read piece by piece."""


def one_table(inputs: Sequence[str], wanted: Mapping[str, object]) -> Path:
    """Give the one table that is to be tagged piece by piece.

    Args:
        inputs: As the command was given them.
        wanted: Its other options, by name; most ask for more than pieces can give.

    Returns:
        The table.

    Raises:
        SettingsError: If there are other inputs or options.
    """
    options = [name for name, value in wanted.items() if value and name != "out"]
    if len(inputs) != 1 or Path(inputs[0]).suffix not in FORMATS or not wanted["out"] or options:
        expected = f"one file {', '.join(FORMATS)}, with --out and no option but --model and --min-precision"
        raise SettingsError("--resume", "other inputs or options", expected, "leave it out")
    return Path(inputs[0])
