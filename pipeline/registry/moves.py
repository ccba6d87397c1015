"""An alias and its folder, moved together: ``champion`` and ``models/champion``.

The alias is what a team agrees on, the folder is one machine's copy. A move first notes what it is about to do, then
sets the alias, records who, when and why as a tag of the version, and copies the model. Whatever kills it between two
steps, ``follow`` makes the folder what the alias says, and completes the record; every command here begins with that.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import model
from pipeline.atomic import replace_file
from pipeline.errors import ModelError
from pipeline.registry import store
from pipeline.registry.adopt import adopt
from pipeline.registry.fetch import copy, fetch_version
from pipeline.registry.history import publish
from pipeline.registry.lock import locked
from pipeline.registry.origin import who
from pipeline.registry.record import undelivered
from pipeline.registry.versions import Move, Version, find, record_move, registered, version

if TYPE_CHECKING:
    from mlflow import MlflowClient


def alias_of(folder: Path) -> str:
    """Give the alias that goes with a folder: its name, in letters that MLflow allows, and none of its own words.

    >>> alias_of(Path("models/champion")), alias_of(Path("models/v2")), alias_of(Path("models/моя модель"))
    ('champion', 'model-v2', 'моя-модель')

    Args:
        folder: Where a model stands.

    Returns:
        The alias.
    """
    name = re.sub(r"[^\w-]", "-", folder.resolve().name)
    return f"model-{name}" if re.fullmatch(r"latest|v?\d+|", name, re.IGNORECASE) else name


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from moving the same folder until the end of the block.

    Args:
        folder: Where a model stands.

    Raises:
        ModelError: If nothing can be written there.
    """
    with ExitStack() as stack:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(_beside(folder, "lock"), wait=True))
        except OSError as error:
            found, remedy = f"a folder that cannot be written ({error.strerror})", "free it, or name another by --model"
            raise ModelError(folder.parent, found, "a place for the model", remedy) from error
        yield


def move(client: "MlflowClient", folder: Path, to: Version, *, kind: str, why: str) -> None:
    """Move a folder's alias to a version, and put its model into the folder.

    Args:
        client: Of the server.
        folder: The folder; its lock is held.
        to: The version.
        kind: See ``versions.Move``.
        why: What the user, or the evidence, says.
    """
    alias = alias_of(folder)
    before = find(client, alias)
    source = fetch_version(client, to)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    made = Move(now, alias, kind, who(), why, before.number if before else None)
    intent = {"to": to.number, "move": asdict(made)}
    with replace_file(_beside(folder, "move")) as file:
        file.write(json.dumps(intent, ensure_ascii=False).encode())
    client.set_registered_model_alias(store.NAME, alias, str(to.number))
    record_move(client, to.number, made)
    publish(client)
    copy(source, folder)
    _beside(folder, "move").unlink()


def follow(client: "MlflowClient", folder: Path) -> Version | None:
    """Make a folder what its alias says; complete a move that was cut short; register a model known to nobody.

    Args:
        client: Of the server.
        folder: The folder; its lock is held.

    Returns:
        The version that stands now, if there is one.
    """
    _complete(client, folder)
    here, alias = usable(folder), alias_of(folder)
    standing = find(client, alias)
    if here is None or (standing and here == standing.digest):
        pass
    elif here in undelivered():  # `rubrika track push` decides
        return standing
    else:
        number = registered(client, here) or adopt(folder)
        if standing is None:
            move(client, folder, version(client, str(number)), kind="adopted", why=f"it stood in {folder}")
            return find(client, alias)
    if standing and here != standing.digest:
        copy(fetch_version(client, standing), folder)
    return standing


def usable(folder: Path) -> str | None:
    """Give the digest of the model in a folder, if one is there that can be loaded."""
    try:
        model.load(folder)
        return model.digest(folder)
    except ModelError:
        return None


def _complete(client: "MlflowClient", folder: Path) -> None:
    """Record a move whose alias was set and whose process died then; forget one that did not come so far."""
    noted = _beside(folder, "move")
    if not noted.exists():
        return
    intent = json.loads(noted.read_bytes())
    standing = find(client, alias_of(folder))
    if standing and standing.number == intent["to"]:
        record_move(client, standing.number, Move(**intent["move"]))
        publish(client)
    noted.unlink()


def _beside(folder: Path, what: str) -> Path:
    """Give the place of a note beside a folder."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.{what}")
