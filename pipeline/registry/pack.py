"""From a model's folder to the MLflow model around it: signature, example, requirements, no pickle."""

import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline import model
from pipeline.atomic import scratch
from pipeline.created import installed
from pipeline.errors import ModelError, if_for_room
from pipeline.registry import store
from pipeline.topics import TOPICS

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

EXAMPLE: Final = ["Нацбанк поднял ставку рефинансирования", "Дроны ночью атаковали нефтебазу", "Снег в Минске"]
_NEEDED: Final = ("mlflow", "numpy", "pandas", "pyarrow", "pymorphy3", "pymorphy3-dicts-uk", "rubrika")


def pack(folder: Path, target: Path) -> None:
    """Make the MLflow model of a model.

    Args:
        folder: The model's folder; it goes in as the only artifact.
        target: The MLflow model's folder; it must not exist, and does only when all of it is written.

    Raises:
        RoomError: If there is no room for it.
    """
    card = asdict(model.load(folder).card)
    del card["decision"]  # curves of hundreds of points; it is in the folder
    store.prepare()
    with scratch(target) as fresh, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's on its own defaults
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import save_model

        try:
            save_model(
                path=fresh / target.name,
                python_model=str(Path(__file__).with_name("served.py")),
                artifacts={"model": str(folder)},
                pip_requirements=[f"{name}=={version}" for name, version in installed(_NEEDED).items()],
                signature=signature(),
                input_example=EXAMPLE,
                metadata={"digest": model.digest(folder), "card": card},
            )
        except MlflowException as error:
            if_for_room(str(error))
            raise
        (fresh / target.name).rename(target)


def inside(packed: Path) -> Path:
    """Give the model's own folder in an MLflow model.

    Args:
        packed: The MLflow model's folder.

    Returns:
        The folder.

    Raises:
        ModelError: If it is none of ours.
    """
    for card in packed.glob("artifacts/*/model.json"):
        return card.parent
    raise ModelError(packed, "a model of another make", "an MLflow model of rubrika", "name another")


def signature() -> "ModelSignature":
    """Say what goes in and out: text, and a record a headline."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import Array, Object, Property

    columns: dict[str, Any] = {
        "topic": DataType.string,
        "tags": Array(DataType.string),
        "unsure": DataType.boolean,
        "scores": Object([Property(topic.value, DataType.double) for topic in TOPICS]),
        "iptc": Array(DataType.string),
    }
    wanted = [ParamSpec("explain", DataType.boolean, False), ParamSpec("min_precision", DataType.double, 0.0)]
    return ModelSignature(
        inputs=Schema([ColSpec(DataType.string)]),  # without a name, so that a plain list of texts will do
        outputs=Schema([ColSpec(kind, name) for name, kind in columns.items()]),
        params=ParamSchema(wanted),
    )
