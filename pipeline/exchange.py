"""Corrections in and out: as our labelled table, or as Label Studio's JSON.

A labelled table holds what stands, a row a headline, the latest editor's; beside ``headline``, ``tags`` and ``origin``
it has the columns ``old_tags`` (``other`` for none, empty where nobody knows), ``model``, ``editor`` and ``time``.
Label Studio's JSON holds what stands of each editor.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.corrections import Correction, Corrections, Tags, now
from pipeline.errors import InputError
from pipeline.ingest import read
from pipeline.ingest.record import COLUMN, Counts
from pipeline.labelled import CORRECTED, REQUIRED
from pipeline.labelstudio import rows_of, tasks_of
from pipeline.plain import meant
from pipeline.plain import rows as plain
from pipeline.topics import OTHER, TOPICS, parse_tags
from pipeline.write import format_for, whole_file, write

LABEL_STUDIO: Final = ".json"
"""The ending of Label Studio's JSON; other endings are those of tables."""
_COLUMNS: Final = (*REQUIRED, "origin", "old_tags", "model", "editor", "time")


def export(store: Corrections, out: Path) -> int:
    """Write the corrections that stand.

    Args:
        store: The corrections.
        out: ``.csv``, ``.jsonl`` or ``.parquet``: a labelled table; ``.json``: Label Studio's.

    Returns:
        How many were written.

    Raises:
        InputError: If there is none, the ending is another, or the file cannot be written.
    """
    studio = out.suffix.lower() == LABEL_STUDIO
    rows = list(store.opinions().values() if studio else store.standing().values())
    if not rows:
        raise InputError(store.path, "no correction that stands", "at least one", "correct something first")
    if studio:
        with whole_file(out) as file:
            file.write(json.dumps(tasks_of(rows), ensure_ascii=False, indent=1).encode() + b"\n")
    else:
        write([_table(rows)], format_for(out, on_terminal=False), out)
    return len(rows)


def take_in(store: Corrections, file: Path, editor: str) -> tuple[int, int]:
    """Keep the corrections of a file, all or none; those that stand already are passed over.

    Args:
        store: Where to keep them.
        file: A labelled table, or Label Studio's JSON.
        editor: Whose they are if the file does not say it.

    Returns:
        How many were kept, and how many stood already.

    Raises:
        InputError: If the file cannot be read, or a tag is none.
    """
    studio = file.suffix.lower() == LABEL_STUDIO
    rows = list(rows_of(_json(file), str(file), editor) if studio else _rows(file, editor))
    stand = {place: row.new for place, row in store.opinions().items()}
    fresh: list[Correction] = []
    for row in rows:
        place = (" ".join(row.headline.split()), row.editor)
        if stand.get(place) != row.new:
            stand[place] = row.new
            fresh.append(row)
    return len(store.keep(fresh)), len(rows) - len(fresh)


def _table(rows: Iterable[Correction]) -> pa.Table:
    cells = [
        (
            *(row.headline, " ".join(row.new), CORRECTED),
            *(None if row.old is None else " ".join(row.old) or OTHER, row.model, row.editor, row.time),
        )
        for row in rows
    ]
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    return pa.table([pa.array(column, pa.string()) for column in zip(*cells, strict=True)], schema=schema)


def _rows(file: Path, editor: str) -> Iterator[Correction]:
    number = 0
    for table in read(str(file), Counts()):
        if "tags" not in table.column_names:
            found = f"the columns {', '.join(table.column_names)}"
            raise InputError(file, found, f"{' and '.join(REQUIRED)}", "name the column of the tags so")
        for row in plain(table):
            number += 1
            try:
                yield _row(row, editor)
            except ValueError as error:
                expected = f"none or some of {', '.join(TOPICS)}, each once, parted by spaces"
                raise InputError(f"{file}, row {number}", str(error), expected, "mend the tags") from error


def _row(row: dict[str, Any], editor: str) -> Correction:
    headline = meant(row[COLUMN])
    old, new = _tags(row.get("old_tags")), _tags(row["tags"]) or ()
    model, who, when = (str(row.get(name) or "") for name in ("model", "editor", "time"))
    return Correction(headline, old, new, model, who or editor, when or now())


def _tags(cell: object) -> Tags | None:
    """Read tags: a text as labelled tables have it, or a list as JSON lines have it."""
    text = " ".join(map(str, cell)) if isinstance(cell, list) else str(cell or "").strip()
    return None if not text and not isinstance(cell, list) else () if text == OTHER else parse_tags(text)


def _json(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(file, (error.strerror or str(error)).lower(), "a file that can be read", "check it") from error
    except (ValueError, RecursionError) as error:
        raise InputError(file, f"broken JSON ({error})", "Label Studio's JSON", "export it again") from error
