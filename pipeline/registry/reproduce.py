"""A run, done again: the same data, settings and versions must give the same bytes."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import model
from pipeline.corpus import Corpus, digest, read_corpus
from pipeline.corrections import existing
from pipeline.created import installed
from pipeline.errors import RegistryError
from pipeline.lessons import lessons_of
from pipeline.model import Model
from pipeline.registry import origin, store
from pipeline.registry.fetch import folder_of
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.train import train_on

if TYPE_CHECKING:
    from mlflow.entities import Run


def reproduce(run_id: str, data: Sequence[Path], tell: Callable[[str], None]) -> tuple[bool, str]:
    """Check that a run can be done again here, do it, and compare the bytes.

    Args:
        run_id: MLflow's name of the run.
        data: The labelled tables; those of the run if none.
        tell: Is called with what is not as it was, and need not matter.

    Returns:
        Whether the bytes are equal, and the same for people.

    Raises:
        RegistryError: If there is no such run, it made no model, or data or versions here are others than the run's.
        SettingsError: If it has a setting that this version does not know.
    """
    run = _run(run_id)
    kept = folder_of(f"runs:/{run_id}")
    tags, card = run.data.tags, model.load(kept).card
    _check_versions(run_id, card.versions)
    settings = Settings().override(f"{name}={value}" for name, value in run.data.params.items())
    tables = list(data) or [Path(path) for path in json.loads(tags.get("data", "[]"))]
    if not tables:
        raise RegistryError(f"run {run_id}", "no tables", "where the data are", "name them by --data")
    taught = lessons_of(existing(Path(tags["corrections"]))) if "corrections" in tags else None
    corpus = read_corpus(tables, settings.split_held_out, taught)
    _check_data(run_id, tags["corpus_sha256"], corpus)
    for note in _notes(tags):
        tell(note)
    again = train_on(corpus, settings, Stages()).model
    # The source is as old as it was, so that only what was learnt can differ.
    return _compare(replace(again, card=replace(again.card, created=card.created)), kept)


def _run(run_id: str) -> "Run":
    from mlflow.exceptions import MlflowException

    with store.reached() as client:
        try:
            return client.get_run(run_id)
        except MlflowException as error:
            if error.error_code not in store.ABSENT:
                raise
            remedy = "`rubrika models show` names the champion's"
            raise RegistryError(store.uri(), f"no run {run_id}", "a run of a training", remedy) from error


def _check_versions(run_id: str, expected: Mapping[str, str]) -> None:
    here = installed(expected)
    other = {name: here.get(name, "missing") for name in expected if here.get(name) != expected[name]}
    if other:
        told, wanted = (", ".join(f"{name} {each[name]}" for name in other) for each in (other, dict(expected)))
        raise RegistryError(f"run {run_id}", f"{told} here", wanted, "install the versions of the run")


def _check_data(run_id: str, expected: str, corpus: Corpus) -> None:
    found = digest(corpus.frame)
    if found != expected:
        told = f"other data here ({found[:12]}…, {len(corpus.frame):,} headlines)"
        raise RegistryError(f"run {run_id}", told, f"the digest {expected[:12]}…", "name the run's tables by --data")


def _notes(tags: Mapping[str, str]) -> Iterator[str]:
    """Tell what else is not as it was, which need not matter."""
    here = origin.origin()
    for name, what in (
        (origin.COMMIT, "code"),
        (origin.LOCK, "lock file"),
        ("python", "Python"),
        ("machine", "machine"),
    ):
        if tags.get(name) != here.get(name):
            yield f"{what}: {here.get(name, 'unknown')} here, {tags.get(name, 'unknown')} in the run"


def _compare(again: Model, kept: Path) -> tuple[bool, str]:
    """Tell whether a model has the bytes of a saved one, and what differs if not."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "again"
        found, expected = model.save(again, folder), model.digest(kept)
        if found == expected:
            return True, f"equal bytes: digest {found[:12]}…"
        other = [path.name for path in sorted(kept.iterdir()) if path.read_bytes() != (folder / path.name).read_bytes()]
    was = model.load(kept).features
    features = "" if again.features.equals(was) else f"; {again.features.num_rows:,} features, were {was.num_rows:,}"
    return False, f"other bytes: digest {found[:12]}…, was {expected[:12]}…, in {' and '.join(other)}{features}"
