"""The tracking server or its file, reached or not: whatever fails there is one line.

Requests are tried twice for ten seconds rather than eight times for two minutes, as MLflow would, so that a server that
is down or slow keeps nobody waiting; MLflow's own variables change that.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.errors import StoreError
from pipeline.registry import tables

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME: Final = "rubrika"
"""The name of the experiment and of the registered model."""

ABSENT: Final = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""MLflow's codes for what is not there: an alias that is not has the latter."""

_DEFAULT_URI: Final = "sqlite:///mlflow.db"
_ENVIRONMENT: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # it logs the traceback of what it raises
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def uri() -> str:
    """Give the address of the tracking server: ``MLFLOW_TRACKING_URI``, or a file in the working directory."""
    return os.environ.get("MLFLOW_TRACKING_URI") or _DEFAULT_URI


def prepare() -> None:
    """Set what MLflow reads when it is imported, which takes 1.7 s: no telemetry, little talk, little patience."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


@contextmanager
def reached() -> Iterator["MlflowClient"]:
    """Reach the server.

    Yields:
        MLflow's client.

    Raises:
        StoreError: If it cannot be reached, or does not do what it is asked inside.
    """
    prepare()
    import mlflow

    file, failures = tables.file_of(uri()), _failures()
    try:
        mlflow.set_tracking_uri(uri())
        if file:
            tables.ready(file)
        yield mlflow.MlflowClient()
    except failures as error:
        raise _unusable(file, _first_line(error)) from error


def experiment(client: "MlflowClient") -> str:
    """Give the identity of the experiment, which is made where there is none."""
    while (found := client.get_experiment_by_name(NAME)) is None:
        _unless_there(client.create_experiment)
    return str(found.experiment_id)


def registered_model(client: "MlflowClient") -> None:
    """Make the registered model where there is none."""
    if not client.search_registered_models(f"name = '{NAME}'"):
        _unless_there(client.create_registered_model)


def _unless_there(make: Callable[[str], object]) -> None:
    from mlflow.exceptions import MlflowException

    try:
        make(NAME)
    except MlflowException as error:  # another training may make it at this moment
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _failures() -> tuple[type[Exception], ...]:
    """Give what MLflow raises, and what it lets through."""
    from mlflow.exceptions import MlflowException

    if uri().startswith("http"):
        return MlflowException, OSError  # those of requests are OSErrors
    from sqlalchemy.exc import SQLAlchemyError  # takes a while

    return MlflowException, OSError, SQLAlchemyError


def _unusable(file: Path | None, told: str) -> StoreError:
    if file is None:
        found, remedy = f"no answer that can be used ({told})", "start it, or name another by MLFLOW_TRACKING_URI"
        return StoreError(uri(), found, "a working MLflow tracking server or file", remedy)
    if tables.unfinished(file):
        found, remedy = f"tables without any run that are not all there ({told})", "move it away, and a new one is made"
        return StoreError(file, found, "MLflow's tables", remedy)
    found, remedy = f"a store that cannot be used ({told})", "see to its disk, or name another by MLFLOW_TRACKING_URI"
    return StoreError(file, found, "MLflow's tables, and room for more", remedy)


def _first_line(error: Exception) -> str:
    line, failed, _ = (str(error).strip().splitlines() or [type(error).__name__])[0].partition(" failed with exception")
    return f"{line} failed" if failed else line[:_LONGEST]


_LONGEST: Final = 300
