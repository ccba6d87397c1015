"""The tracking server or its file, reached or not: whatever fails there is one line.

Requests are tried twice for ten seconds rather than eight times for two minutes, as MLflow would, so that a server that
is down or slow keeps nobody waiting; MLflow's own variables change that.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pipeline.errors import StoreError

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
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
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
    from mlflow.exceptions import MlflowException

    try:
        mlflow.set_tracking_uri(uri())
        yield mlflow.MlflowClient()
    except (MlflowException, OSError) as error:  # those of requests are OSErrors
        found = f"no answer that can be used ({_first_line(error)})"
        remedy = "start it, or name another by MLFLOW_TRACKING_URI"
        raise StoreError(uri(), found, "a working MLflow tracking server or file", remedy) from error


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


def _first_line(error: Exception) -> str:
    line, failed, _ = (str(error).strip().splitlines() or [type(error).__name__])[0].partition(" failed with exception")
    return f"{line} failed" if failed else line[:_LONGEST]


_LONGEST: Final = 300
