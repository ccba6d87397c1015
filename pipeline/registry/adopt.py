"""A model that nobody has registered, as one from before the registry, or brought by hand: it becomes a version."""

from pathlib import Path

from pipeline import model
from pipeline.registry.deliver import deliver
from pipeline.registry.origin import origin
from pipeline.registry.pack import pack
from pipeline.registry.record import recording


def adopt(folder: Path) -> int:
    """Register a model by a run of its own, with what its card says.

    Args:
        folder: The model's folder.

    Returns:
        The number of the version.
    """
    card = model.load(folder).card
    with recording("adopted") as record:
        record.run.params = {name: str(value) for name, value in card.settings.items()}
        record.run.tags = origin() | {"corpus_sha256": card.corpus["sha256"]}
        figures = {f"{side}_macro_f1": measured["macro_f1"] for side, measured in card.metrics.items()}
        record.add_metrics(figures)
        pack(folder, record.folder / "model")
        record.close("FINISHED")
        number = deliver(record)
        record.forget()
    return number
