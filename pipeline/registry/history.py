"""What is registered and what became of it, for people: tables for a terminal, and MLflow's page of the model."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table

from pipeline.registry import store
from pipeline.registry.diff import Diff
from pipeline.registry.versions import Move, Version, all_versions
from pipeline.report import evidence_table
from pipeline.topics import TOPICS

if TYPE_CHECKING:
    from mlflow import MlflowClient

_FIGURES: Final = ("macro_f1", *(f"f1_{topic}" for topic in TOPICS))
_NONE: Final = "–"


def versions_table(versions: Sequence[Version]) -> Table:
    """Lay out what is registered, the newest first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("version", "alias", "registered", "macro-F1", *TOPICS, "corpus", "verdict"):
        table.add_column(name, no_wrap=True)
    for each in reversed(versions):
        figures = (each.tags.get(name, _NONE) for name in _FIGURES)
        corpus, verdict = each.tags.get("corpus_sha256", "")[:8], each.tags.get("verdict", "")
        when = f"{each.created:%Y-%m-%d %H:%M}"
        table.add_row(str(each.number), " ".join(each.aliases), when, *figures, corpus, verdict)
    return table


def version_table(version: Version) -> Table:
    """Lay out what a version is and what became of it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("version", " ".join([str(version.number), *version.aliases]))
    table.add_row("registered", f"{version.created:%Y-%m-%d %H:%M}, by the run {version.run_id or _NONE}")
    table.add_row("digest", version.digest)
    table.add_row("evidence", version.tags.get("evidence", _NONE))
    for move in version.moves:
        came = f"after {move.before}" if move.before else "as the first"
        table.add_row(move.kind, f"{move.when[:16]} by {move.who}: {move.alias}, {came}: {move.why}")
    return table


def publish(client: "MlflowClient") -> None:
    """Write the history of the aliases on MLflow's page of the registered model, the newest move first."""
    rows = [(move, each) for each in all_versions(client) for move in each.moves]
    rows.sort(key=lambda row: row[0].when, reverse=True)
    lines = [f"| {' | '.join(_cells(move, each))} |" for move, each in rows]
    head = f"| when | alias | version | macro-F1 | {' | '.join(TOPICS)} | how | why |\n|{' --- |' * 8}\n"
    client.update_registered_model(store.NAME, head + "\n".join(lines))


def _cells(move: Move, version: Version) -> list[str]:
    figures = [version.tags.get(name, _NONE) for name in _FIGURES]
    came, why = f"{move.before or _NONE} → **{version.number}**", move.why.replace("|", "\\|").replace("\n", " ")
    return [move.when[:16].replace("T", " "), move.alias, came, *figures, f"{move.kind} by {move.who}", why]


def diff_tables(found: Diff, most: int, one: str, other: str) -> Iterator[Table]:
    """Lay out what parts two versions.

    Args:
        found: What parts them.
        most: Headlines to list.
        one: What the first is called.
        other: What the second is called.

    Yields:
        Figures, settings, headlines.
    """
    yield evidence_table(found.evidence, one, other)
    settings = Table("setting", one, other, box=None, pad_edge=False, header_style="bold")
    for name, old, new in found.settings:
        settings.add_row(name, str(old), str(new))
    yield settings
    count = f"{len(found.disagreements):,} of {found.evidence.rows:,} headlines tagged differently"
    headlines = Table(count, "true", one, other, box=None, pad_edge=False, header_style="bold")
    for each in found.disagreements[:most]:
        headlines.add_row(each.headline, each.true, each.one, each.other)
    yield headlines
