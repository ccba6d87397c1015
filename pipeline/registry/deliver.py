"""From a run's folder to the tracking server: whole, and once, however often it is tried.

Every step either finds what an earlier try has left or makes it: the run is known by its tag ``record``, figures and
files are written over, a model is known by its run, a version by its model.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pipeline import model
from pipeline.errors import StoreError
from pipeline.registry import store
from pipeline.registry.pack import inside
from pipeline.registry.record import Record
from pipeline.registry.versions import DIGEST, facts, logged

if TYPE_CHECKING:
    from mlflow import MlflowClient

RECORD: Final = "record"
"""The tag that tells a run from all others."""
_MOST: Final = 500
"""Figures sent in one request; MLflow takes a thousand."""


def announce(record: Record) -> None:
    """Tell the server that a run has begun; if it cannot be reached, note the trouble and go on.

    Args:
        record: The run.
    """
    try:
        with store.reached() as client:
            _begin(client, record)
    except StoreError as error:
        record.trouble = error


def deliver(record: Record) -> int:
    """Give the server all of a run that has ended, its model as a new version; its record stays where it is.

    Args:
        record: The run; its ``version`` is set.

    Returns:
        The number of the version; 0 if the run made no model.

    Raises:
        StoreError: If the server cannot be reached or refuses something; it can be tried again.
    """
    with store.reached() as client:
        _begin(client, record)
        _facts(client, record)
        if (record.folder / "files").exists():
            client.log_artifacts(record.run.run_id, str(record.folder / "files"))
        if record.model.exists():
            record.version = _register(client, record)
        client.set_terminated(record.run.run_id, record.run.status, record.run.ended)
    return record.version


def _begin(client: "MlflowClient", record: Record) -> None:
    """Find the run on the server, or make it."""
    if record.run.run_id:
        return
    experiment = store.experiment(client)
    run_id = _find(client, experiment, record.run.id)
    if run_id is None:
        tags = record.run.tags | {RECORD: record.run.id}
        if record.run.parent:
            tags["mlflow.parentRunId"] = _find(client, experiment, record.run.parent) or ""
        made = client.create_run(experiment, record.run.begun, tags, record.run.name)
        run_id = str(made.info.run_id)
    record.run.run_id = run_id
    record.save()


def _find(client: "MlflowClient", experiment: str, record: str) -> str | None:
    runs = client.search_runs([experiment], f"tags.`{RECORD}` = '{record}'", max_results=1)
    return str(runs[0].info.run_id) if runs else None


def _facts(client: "MlflowClient", record: Record) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

    run = record.run
    metrics = [Metric(name, value, run.ended, step) for name, value, step in run.metrics]
    params = [Param(name, value) for name, value in run.params.items()]
    tags = [RunTag(name, value) for name, value in run.tags.items()]
    client.log_batch(run.run_id, params=params, tags=tags)
    for start in range(0, len(metrics), _MOST):
        client.log_batch(run.run_id, metrics=metrics[start : start + _MOST])
    if run.data:
        context = [InputTag("mlflow.data.context", "training")]
        inputs = [DatasetInput(Dataset(**each), context) for each in run.data]
        _once_more(lambda: client.log_inputs(run.run_id, inputs))


def _once_more(log: Callable[[], object]) -> None:
    """Log data sets; of two trainings that make one at a moment, MLflow lets one fail, and then it is there."""
    from mlflow.exceptions import MlflowException

    try:
        log()
    except MlflowException as error:
        if "unique" not in str(error).lower():
            raise
        log()


def _register(client: "MlflowClient", record: Record) -> int:
    """Keep the model on the server, and register it as a version."""
    from mlflow.entities import LoggedModelOutput

    run = record.run
    model_id = _logged(client, record)
    known = client.get_run(run.run_id).outputs
    if known is None or not known.model_outputs:  # a second time is an error
        client.log_outputs(run.run_id, [LoggedModelOutput(model_id, 0)])
    store.registered_model(client)
    for found in client.search_model_versions(f"name = '{store.NAME}' and run_id = '{run.run_id}'"):
        return int(found.version)
    folder = inside(record.model)
    card = model.load(folder).card
    made = client.create_model_version(
        store.NAME,
        f"models:/{model_id}",
        run.run_id,
        tags=facts(card, model.digest(folder)),
        model_id=model_id,
    )
    return int(made.version)


def _logged(client: "MlflowClient", record: Record) -> str:
    """Find the run's model on the server, or send it; one sent in part is deleted."""
    from mlflow.entities import LoggedModelStatus
    from mlflow.models import Model

    run, experiment = record.run, store.experiment(client)
    for sent in logged(client, run.run_id):
        if sent.status == LoggedModelStatus.READY:
            return str(sent.model_id)
        client.delete_logged_model(sent.model_id)
    tags = {DIGEST: model.digest(inside(record.model))}
    begun = client.create_logged_model(experiment, "model", run.run_id, tags, run.params, "classifier")
    card = Model.load(str(record.model))
    card.run_id, card.model_id, card.model_uuid = run.run_id, begun.model_id, begun.model_id
    card.save(str(record.model / "MLmodel"))
    client.log_model_artifacts(begun.model_id, str(record.model))
    client.finalize_logged_model(begun.model_id, LoggedModelStatus.READY)
    return str(begun.model_id)
