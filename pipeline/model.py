"""The saved model: a folder of a card, a table of features and their checksums, and no pickle.

``model.json``      the card: what it is, what it learnt from, how well it does
``features.arrow``  one row a feature: block, feature, idf, and a weight for each topic
``SHA256SUMS``      the checksums of both, as ``sha256sum -c`` reads them
"""

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import feather

from pipeline.atomic import replace_folder
from pipeline.decide import Decision
from pipeline.errors import ModelError, SettingsError
from pipeline.sealed import CARD, FEATURES, SUMS, TRAIN, read, sha256, sums, verify
from pipeline.settings import Settings
from pipeline.topics import TOPICS

FORMAT: Final = 1
"""The version of the folder's format; a model of another one is refused, with the way out."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a model is, in plain values.

    Attributes:
        format: The version of the folder's format.
        name: What it is called in the registry.
        created: The time of the source it was trained from (ISO 8601), so that the same training gives the same bytes.
        topics: The topics, in the order of every list below.
        intercepts: Of the margins.
        decision: How margins become answers; see ``decide.Decision``.
        settings: Every setting of the training.
        corpus: Digest and counts of what it learnt from.
        metrics: On the rows held out.
        versions: Of what trained it.
    """

    format: int
    name: str
    created: str
    topics: list[str]
    intercepts: list[float]
    decision: dict[str, Any]
    settings: dict[str, Any]
    corpus: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]


@dataclass(frozen=True)
class Model:
    """A card and its table of features (``block``, ``feature``, ``idf`` and a column of weights for each topic)."""

    card: Card
    features: pa.Table

    @property
    def settings(self) -> Settings:
        """How it was trained."""
        return Settings(**self.card.settings)

    @property
    def decision(self) -> Decision:
        """How its margins become answers."""
        return Decision.of(self.card.decision)


def save(model: Model, folder: Path) -> str:
    """Write a model, whole or not at all.

    Args:
        model: What to write.
        folder: Where; a model that stands there is replaced in one step.

    Returns:
        The digest of the model: the SHA-256 of its checksums, in hex.

    Raises:
        ModelError: If the folder cannot be written.
    """
    table = io.BytesIO()
    feather.write_feather(model.features, table, compression="lz4")
    card = json.dumps(asdict(model.card), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    contents = {CARD: card.encode(), FEATURES: table.getvalue()}
    listed = sums(contents)
    try:
        replace_folder(folder, contents | {SUMS: listed})
    except OSError as error:
        found = f"a folder that cannot be written ({error.strerror})"
        raise ModelError(folder, found, "a place for the model", "free it, or name another by --model") from error
    return sha256(listed)


def load(folder: Path) -> Model:
    """Read a model and check that it is whole.

    Args:
        folder: A folder that ``save`` wrote.

    Returns:
        The model.

    Raises:
        ModelError: If the folder is no model, is damaged, or is of a format that this version does not read.
    """
    contents = read(folder)
    verify(folder, contents)
    try:
        card = json.loads(contents[CARD])
        found = card["format"]
        if found != FORMAT:
            remedy = f"upgrade rubrika, or {TRAIN}" if found > FORMAT else TRAIN
            raise ModelError(folder, f"format {found}", f"format {FORMAT}", remedy)
        model = Model(Card(**card), _features(contents[FEATURES]))
        _check(model)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, pa.ArrowException, SettingsError) as error:
        raise ModelError(folder, f"a model that cannot be read ({error})", f"format {FORMAT}", TRAIN) from error
    if model.card.topics != list(TOPICS):
        raise ModelError(folder, f"the topics {', '.join(model.card.topics)}", ", ".join(TOPICS), TRAIN)
    return model


def _features(data: bytes) -> pa.Table:
    """Read the table of features; Arrow itself would follow a stranger's offsets to wherever they lead."""
    table = feather.read_table(pa.BufferReader(data))
    table.validate(full=True)
    kinds = {"block": pa.dictionary(pa.int32(), pa.string()), "feature": pa.string(), "idf": pa.float32()}
    if dict(zip(table.column_names, table.schema.types, strict=True)) != kinds | dict.fromkeys(TOPICS, pa.float32()):
        raise ValueError(f"a table of {', '.join(table.column_names)}")
    if any(column.null_count for column in table.columns):
        raise ValueError("a table with gaps")
    return table


def _check(model: Model) -> None:
    """Refuse a setting or a figure of another version, or of a stranger's."""
    defaults, found, decision = asdict(Settings()), asdict(model.settings), model.decision
    if any(type(found[name]) not in {type(value), int} for name, value in defaults.items()):
        raise ValueError("a setting of another type")
    if np.array(model.card.intercepts, np.float64).shape != (len(TOPICS),):
        raise ValueError("intercepts of another number")
    if any(values.shape != (len(TOPICS),) for values in (decision.slopes, decision.offsets, decision.thresholds)):
        raise ValueError("a decision about other topics")
    if not ((decision.thresholds > 0) & (decision.thresholds < 1)).all():
        raise ValueError("a threshold that is no probability between 0 and 1")


def digest(folder: Path) -> str:
    """Give the digest of a saved model, in hex; two folders of one digest hold the same bytes."""
    return sha256(read(folder)[SUMS])


def version(folder: Path) -> str:
    """Give what a saved model is told by where there is little room: the first twelve letters of its digest."""
    return digest(folder)[:12]
