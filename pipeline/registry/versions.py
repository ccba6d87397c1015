"""What is registered: each training's model is a version, and says by its tags what it is and what became of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from pipeline.errors import RegistryError
from pipeline.model import Card
from pipeline.registry import store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel
    from mlflow.entities.model_registry import ModelVersion

DIGEST: Final = "digest"
"""The tag that holds the digest of the model's folder."""
_MOVE: Final = "move "
"""How the tags begin that record moves of an alias; then comes the time."""


@dataclass(frozen=True)
class Move:
    """An alias that came to a version.

    Attributes:
        when: ISO 8601 in UTC, to the microsecond.
        alias: Which.
        kind: ``promoted`` on evidence, ``forced`` without, ``rolled back``, or ``adopted`` with its folder.
        who: The user.
        why: Their words, or the evidence.
        before: The version that it came from, or none.
    """

    when: str
    alias: str
    kind: str
    who: str
    why: str
    before: int | None


@dataclass(frozen=True)
class Version:
    """A registered model.

    Attributes:
        number: Counted from 1 on.
        created: When it was registered.
        run_id: The training.
        source: Where MLflow keeps it.
        aliases: The names that stand for it now.
        digest: The digest of its folder.
        tags: Its other facts: corpus, figures.
        moves: What became of it, the oldest first.
    """

    number: int
    created: datetime
    run_id: str
    source: str
    aliases: tuple[str, ...]
    digest: str
    tags: Mapping[str, str]
    moves: tuple[Move, ...]

    @classmethod
    def of(cls, found: "ModelVersion") -> Self:
        """Take a version as MLflow gives it."""
        told = {name: value for name, value in found.tags.items() if name.startswith(_MOVE)}
        moves = sorted((Move(**json.loads(value)) for value in told.values()), key=lambda move: move.when)
        tags = {name: value for name, value in found.tags.items() if name not in told}
        created = datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
        aliases, digest = tuple(sorted(found.aliases)), tags.pop(DIGEST, "")
        return cls(
            int(found.version), created, found.run_id or "", found.source or "", aliases, digest, tags, tuple(moves)
        )


def all_versions(client: "MlflowClient") -> list[Version]:
    """Give what is registered, the oldest first."""
    models = client.search_registered_models(f"name = '{store.NAME}'")
    named = [(alias, str(number)) for model in models for alias, number in model.aliases.items()]
    found, token = list["ModelVersion"](), None
    while token != "":
        page = client.search_model_versions(f"name = '{store.NAME}'", page_token=token)
        found, token = [*found, *page], page.token or ""
    for each in found:  # a search does not tell their aliases
        each.aliases = [alias for alias, number in named if number == str(each.version)]
    return sorted(map(Version.of, found), key=lambda version: version.number)


def version(client: "MlflowClient", which: str, name: str = store.NAME) -> Version:
    """Give a version.

    Args:
        client: Of the server.
        which: A number, or an alias with or without ``@``.
        name: Of the registered model.

    Returns:
        The version.

    Raises:
        RegistryError: If there is none.
    """
    found = find(client, which, name)
    if found is None:
        told, remedy = f"no version {which} of a model {name}", "list what there is by `rubrika models`"
        raise RegistryError(store.uri(), told, "one that is registered", remedy)
    return found


def find(client: "MlflowClient", which: str, name: str = store.NAME) -> Version | None:
    """Give a version by its number or alias, if there is such a one."""
    from mlflow.exceptions import MlflowException

    try:
        if which.isdecimal():
            return Version.of(client.get_model_version(name, which))
        return Version.of(client.get_model_version_by_alias(name, which.removeprefix("@")))
    except MlflowException as error:
        if error.error_code in store.ABSENT:
            return None
        raise


def record_move(client: "MlflowClient", number: int, move: Move) -> None:
    """Note a move on the version that the alias comes to."""
    told = json.dumps(asdict(move), ensure_ascii=False)
    client.set_model_version_tag(store.NAME, str(number), f"{_MOVE}{move.when}", told)


def registered(client: "MlflowClient", digest: str) -> int:
    """Give the latest version of a digest; 0 if there is none."""
    found = client.search_model_versions(f"name = '{store.NAME}' and tags.{DIGEST} = '{digest}'")
    return max((int(each.version) for each in found), default=0)


def record_verdict(client: "MlflowClient", number: int, verdict: str, why: str) -> None:
    """Note on a version what the evidence said of it, in short and in full."""
    for name, told in {"verdict": verdict, "evidence": why}.items():
        client.set_model_version_tag(store.NAME, str(number), name, told)


def logged(client: "MlflowClient", run_id: str) -> list["LoggedModel"]:
    """Give the models that a run has logged, the latest first."""
    return list(client.search_logged_models([store.experiment(client)], f"source_run_id = '{run_id}'"))


def history(versions: Iterable[Version], alias: str) -> list[tuple[int, Move]]:
    """Give the moves of an alias with the versions that it came to, the oldest first."""
    moves = [(each.number, move) for each in versions for move in each.moves if move.alias == alias]
    return sorted(moves, key=lambda pair: pair[1].when)


def facts(card: Card, digest: str) -> dict[str, str]:
    """Give what a version's tags say: its folder's digest, its corpus, its figures on the rows held out."""
    held_out: dict[str, Any] = card.metrics.get("held_out", {})
    told = {DIGEST: digest, "corpus_sha256": card.corpus["sha256"], "headlines": str(card.corpus["headlines"])}
    if held_out:
        told["macro_f1"] = f"{held_out['macro_f1']:.4f}"
        told |= {f"f1_{name}": f"{topic['f1']:.4f}" for name, topic in held_out["topics"].items()}
    return told
