"""A model by any name, as a folder: ``models:/rubrika@champion``, ``models:/rubrika/7``, ``runs:/…``, or the folder.

What is named is asked for once: the cache keeps each model under its digest, and remembers which digest a name stood
for, for when the server cannot be reached.
"""

import hashlib
import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline import model
from pipeline.atomic import replace_file, replace_folder
from pipeline.errors import ModelError, RegistryError, StoreError
from pipeline.registry import store
from pipeline.sealed import FILES

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from pipeline.registry.versions import Version

_NAMES: Final = re.compile(
    r"models:/(?P<name>[^/@]+)(?:/(?P<number>\d+)|@(?P<alias>[\w-]+))|runs:/(?P<run>[\w-]+)(?:/model)?"
)
_SHAPES: Final = "models:/NAME/NUMBER, models:/NAME@ALIAS or runs:/RUN_ID"


class Kept(NamedTuple):
    """A model on the server.

    Attributes:
        source: MLflow's own name of it, ``models:/m-…``.
        digest: The digest of its folder.
    """

    source: str
    digest: str


def folder_of(name: str) -> Path:
    """Give the folder of a model.

    Args:
        name: A folder, or a name on the tracking server.

    Returns:
        The folder, or a copy in the cache.

    Raises:
        RegistryError: If nothing on the server is called so, or it holds no model of ours.
        ModelError: If it is of another format.
        StoreError: If the server cannot be reached, and the model is not in the cache.
    """
    if not name.startswith(("models:", "runs:")):
        return Path(name)
    parts = _NAMES.fullmatch(name)
    if parts is None:
        raise RegistryError("--model", f"“{name}”", f"a folder, {_SHAPES}", "mend it")
    memory = cache() / "names" / hashlib.sha256(f"{store.uri()} {name}".encode()).hexdigest()
    try:
        with store.reached() as client:
            found = _asked(client, name, parts)
            folder = fetch(client, name, found)
    except StoreError:
        if (known := _remembered(memory)) is None:
            raise
        return known
    with suppress(OSError):  # a cache that cannot be written: the server is asked each time
        memory.parent.mkdir(exist_ok=True)
        with replace_file(memory) as file:
            file.write(json.dumps({"server": store.uri(), "name": name, "digest": found.digest}).encode())
    return folder


def fetch(client: "MlflowClient", name: str, kept: Kept) -> Path:
    """Give a folder in the cache with a model on the server, downloaded if it is not there.

    Args:
        client: Of the server.
        name: What to call it to people.
        kept: The model.

    Returns:
        A folder with that digest.

    Raises:
        RegistryError: If the server does not have the files, or others than were registered.
        ModelError: If the model is of another format.
    """
    from mlflow.artifacts import download_artifacts

    from pipeline.registry.pack import inside

    folder = cache() / kept.digest
    if not whole(folder):
        with tempfile.TemporaryDirectory() as scratch:
            if not client.list_logged_model_artifacts(kept.source.removeprefix("models:/")):
                raise RegistryError(name, "a model without its files", "an MLflow model of rubrika", _ELSE)
            here = inside(Path(download_artifacts(kept.source, dst_path=scratch)))
            model.load(here)
            if model.digest(here) != kept.digest:
                raise RegistryError(name, "other files than were registered", f"the digest {kept.digest[:12]}…", _ELSE)
            copy(here, folder)
    return folder


def fetch_version(client: "MlflowClient", found: "Version") -> Path:
    """Give a folder in the cache with a version's model; see ``fetch``."""
    return fetch(client, f"models:/{store.NAME}/{found.number}", Kept(found.source, found.digest))


def copy(source: Path, folder: Path) -> None:
    """Put a copy of a model in place of another, whole or not at all.

    Args:
        source: A model's folder.
        folder: Where to.

    Raises:
        ModelError: If the folder cannot be written.
    """
    try:
        replace_folder(folder, {name: (source / name).read_bytes() for name in FILES})
    except OSError as error:
        found = f"a folder that cannot be written ({error.strerror})"
        raise ModelError(folder, found, "a place for the model", "free it, or name another") from error


def cache() -> Path:
    """Give the folder that keeps models from servers, in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rubrika" / "models"


def whole(folder: Path) -> bool:
    """Tell whether a folder of the cache holds the model that its name says."""
    try:
        model.load(folder)
        return model.digest(folder) == folder.name
    except ModelError:
        return False


def _remembered(memory: Path) -> Path | None:
    """Give the folder that a name stood for last, if it is known and whole."""
    try:
        folder = cache() / json.loads(memory.read_bytes())["digest"]
    except (OSError, ValueError, KeyError, TypeError):  # none, or a file that something has spoilt
        return None
    return folder if whole(folder) else None


def _asked(client: "MlflowClient", name: str, parts: "re.Match[str]") -> Kept:
    """Ask the server which model is called so."""
    from pipeline.registry.versions import DIGEST, logged, version

    if parts["run"] is None:
        found = version(client, parts["number"] or parts["alias"], parts["name"])
        return Kept(found.source, found.digest)
    models = logged(client, parts["run"])
    if not models:
        raise RegistryError(name, "a run without a model", "one that logged a model", _ELSE)
    return Kept(f"models:/{models[0].model_id}", str(models[0].tags.get(DIGEST)))


_ELSE: Final = "name another"
