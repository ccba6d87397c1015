"""The saved model: a folder of a card, a table of features and their checksums, and no pickle.

``model.json``      the card: what it is, what it learnt from, how well it does
``features.arrow``  one row a feature: block, feature, idf, and a weight for each topic
``SHA256SUMS``      the checksums of both, as ``sha256sum -c`` reads them
"""

import errno
import hashlib
import io
import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import feather

from pipeline.atomic import replace_folder
from pipeline.decide import Decision
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import Settings
from pipeline.topics import TOPICS

FORMAT: Final = 1
"""The version of the folder's format; a model of another one is refused, with the way out."""

_CARD: Final = "model.json"
_FEATURES: Final = "features.arrow"
_SUMS: Final = "SHA256SUMS"
FILES: Final = (_SUMS, _CARD, _FEATURES)
"""What a model’s folder holds; whatever else lies there is none of it."""
LARGEST: Final = 1 << 32
"""Bytes of a file that is read into memory: 4 GB, a hundred times a champion’s."""
_TRAIN: Final = "train one by `make train`, or name another by --model"


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
    contents = {_CARD: card.encode(), _FEATURES: table.getvalue()}
    sums = "".join(f"{_sha256(data)}  {name}\n" for name, data in contents.items()).encode()
    try:
        replace_folder(folder, contents | {_SUMS: sums})
    except OSError as error:
        found = f"a folder that cannot be written ({error.strerror})"
        raise ModelError(folder, found, "a place for the model", "free it, or name another by --model") from error
    return _sha256(sums)


def load(folder: Path) -> Model:
    """Read a model and check that it is whole.

    Args:
        folder: A folder that ``save`` wrote.

    Returns:
        The model.

    Raises:
        ModelError: If the folder is no model, is damaged, or is of a format that this version does not read.
    """
    contents = _contents(folder)
    _verify(folder, contents)
    try:
        card = json.loads(contents[_CARD])
        found = card["format"]
        if found != FORMAT:
            remedy = f"upgrade rubrika, or {_TRAIN}" if found > FORMAT else _TRAIN
            raise ModelError(folder, f"format {found}", f"format {FORMAT}", remedy)
        model = Model(Card(**card), _features(contents[_FEATURES]))
        _check(model)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, pa.ArrowException, SettingsError) as error:
        raise ModelError(folder, f"a model that cannot be read ({error})", f"format {FORMAT}", _TRAIN) from error
    if model.card.topics != list(TOPICS):
        raise ModelError(folder, f"the topics {', '.join(model.card.topics)}", ", ".join(TOPICS), _TRAIN)
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


def digest(folder: Path) -> str:
    """Give the digest of a saved model, in hex; two folders of one digest hold the same bytes."""
    return _sha256(_contents(folder)[_SUMS])


def version(folder: Path) -> str:
    """Give what a saved model is told by where there is little room: the first twelve letters of its digest."""
    return digest(folder)[:12]


def _contents(folder: Path) -> dict[str, bytes]:
    """Read the files through one handle of the folder, so that a replacement meanwhile cannot mix two models."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (OSError, ValueError) as error:  # a NUL in its name
        found = getattr(error, "strerror", None) or str(error)
        raise ModelError(folder, found.lower(), "a model folder", _TRAIN) from error
    try:
        return {name: _read(name, handle) for name in FILES}
    except OSError as error:
        if folder.is_dir() and not os.path.samestat(folder.stat(), os.fstat(handle)):  # replaced while it was read
            return _contents(folder)
        found = f"no {error.filename} that can be read ({error.strerror})"
        raise ModelError(folder, found, "a model folder", _TRAIN) from error
    finally:
        os.close(handle)


def _read(name: str, handle: int) -> bytes:
    """Read a file; what has no end, such as a device or a pipe, is none."""
    with open(os.open(name, os.O_RDONLY | os.O_NONBLOCK, dir_fd=handle), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            raise OSError(errno.EINVAL, f"no file, or one of more than {LARGEST >> 30} GB", name)
        return file.read()


def _verify(folder: Path, contents: dict[str, bytes]) -> None:
    expected = "".join(f"{_sha256(contents[name])}  {name}\n" for name in (_CARD, _FEATURES))
    if contents[_SUMS] != expected.encode():
        listed = contents[_SUMS].decode(errors="replace").splitlines()
        wrong = [line[66:] for line in expected.splitlines() if line not in listed] or [_SUMS]
        found = f"{' and '.join(wrong)} with another checksum than {_SUMS} says"
        raise ModelError(folder, found, "the files as they were saved", _TRAIN)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
