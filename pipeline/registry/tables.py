"""MLflow's store where it is a SQLite file: with all of its tables, or not there.

MLflow makes the tables by dozens of migrations, each of which it commits; where it is ended between two, it can use
the file no more. So they are made in a folder beside the file, which is moved to its place when they are all there.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from pipeline.atomic import scratch, sweep
from pipeline.registry.lock import locked

_FILE: Final = re.compile(r"sqlite(?:\+\w+)?:///(?!:memory:|file:)(?P<file>[^?]+)")
"""As SQLAlchemy reads it: what follows a question mark are options."""
_HELD: Final = {"runs": "SELECT 1 FROM runs LIMIT 1", "registered_models": "SELECT 1 FROM registered_models LIMIT 1"}
"""Asks by table for what cannot be made anew."""
_STEP: Final = "alembic_version"
"""The table that says which migration came last."""


def file_of(uri: str) -> Path | None:
    """Give the file that an address of a store stands for; nothing if it is a server's, or in memory.

    >>> file_of("sqlite:///runs/mlflow.db"), file_of("http://127.0.0.1:5000"), file_of("sqlite://")
    (PosixPath('runs/mlflow.db'), None, None)

    Args:
        uri: As ``MLFLOW_TRACKING_URI`` has it.

    Returns:
        The file, which need not be there.
    """
    found = _FILE.match(uri)
    return Path(found["file"]) if found else None


def ready(file: Path) -> None:
    """Make a store where there is none, or an empty file; of several processes one makes it, and the others wait.

    Args:
        file: Where.

    Raises:
        OSError: If its folder cannot be written.
        sqlalchemy.exc.SQLAlchemyError: If the tables cannot be written.
    """
    file = file.resolve()
    sweep(file)
    if _begun(file):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file.with_name(f".{file.name}.lock"), wait=True):
        if not _begun(file):
            with scratch(file) as folder:
                _make(folder / file.name)
                (folder / file.name).replace(file)


def unfinished(file: Path) -> bool:
    """Tell whether a store has a part of its tables only, and holds no run and no model yet.

    Args:
        file: The store.

    Returns:
        Whether it was cut short as it was made, or is just being made.
    """
    if not file.is_file():  # which asking would make
        return False
    try:
        with closing(sqlite3.connect(file)) as base:
            tables = {name for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            held = [base.execute(ask).fetchone() for name, ask in _HELD.items() if name in tables]
            come = base.execute("SELECT version_num FROM alembic_version").fetchone() if _STEP in tables else None
    except sqlite3.Error:
        return False
    return "experiments" in tables and not any(held) and come != (_last_step(),)


def _begun(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _make(file: Path) -> None:
    from mlflow.store.db.utils import _initialize_tables
    from sqlalchemy import URL, create_engine

    engine = create_engine(URL.create("sqlite", database=str(file)))
    try:
        _initialize_tables(engine)  # type: ignore[no-untyped-call]
    finally:
        engine.dispose()


def _last_step() -> str | None:
    from alembic.script import ScriptDirectory
    from mlflow.store import db_migrations

    return ScriptDirectory(str(Path(db_migrations.__file__ or "").parent)).get_current_head()
