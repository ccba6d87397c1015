"""What corrections teach: the rows that a training takes in, and what they changed in the model."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.corrections import Corrections
from pipeline.evaluate import measure
from pipeline.labelled import CORRECTED, OPTIONAL, REQUIRED
from pipeline.tagger import Tagger
from pipeline.topics import OTHER
from pipeline.train import Trained

Flags = npt.NDArray[np.bool_]

_DAY: Final = len("2026-01-19")


@dataclass(frozen=True)
class Changes:
    """What corrections changed.

    Attributes:
        frame: The corrected headlines: ``headline``, ``tags`` (the editor's), ``before`` and ``after`` (the old and the
            new model's; ``before`` is None if there was no old model), ``learnt`` (whether the row trains).
        held_out: Macro-F1 of the old and of the new model on the same held-out headlines; None without an old model.
    """

    frame: pd.DataFrame
    held_out: tuple[float | None, float]

    def figures(self) -> dict[str, float]:
        """Give the figures by name; counts of headlines, and macro-F1; those of an old model only if there was one."""
        frame, (old, new) = self.frame, self.held_out
        found: dict[str, float] = {
            "standing": len(frame),
            "learnt": int(frame["learnt"].sum()),
            "right_after": self._right("after"),
        }
        found |= {"held_out_macro_f1_after": new}
        return found | ({} if old is None else {"right_before": self._right("before"), "held_out_macro_f1_before": old})

    def markdown(self) -> str:
        """Write all of it as Markdown."""
        names = ["headline", "corrected", "old model", "new model", "not learnt from"]
        aside = np.where(self.frame["learnt"], "–", "resembles a held-out headline")
        shown = self.frame[["headline", "tags", "before", "after"]].assign(aside=aside)
        lines = [names, ["---"] * len(names), *shown.to_numpy().tolist()]
        return f"{self}\n\n" + "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)

    def __str__(self) -> str:
        """Say it in a line."""
        told, of = self.figures(), f"of {len(self.frame):,}"
        aside = told["standing"] - told["learnt"]
        beside = f" ({aside:,} not learnt from: they resemble held-out headlines)" if aside else ""
        old, new = self.held_out
        before = f"the old model gets {told['right_before']:,} {of} right, " if old is not None else ""
        was = f"{old:.4f} before, " if old is not None else ""
        return (
            f"corrections: {len(self.frame):,}{beside}; {before}the new one {told['right_after']:,} {of}; "
            f"held-out macro-F1 {was}{new:.4f} after"
        )

    def _right(self, column: str) -> int:
        return int((self.frame[column].map(_set) == self.frame["tags"].map(_set)).sum())


def lessons_of(corrections: Corrections) -> pd.DataFrame:
    """Give the corrections that stand as a labelled table.

    Args:
        corrections: The store.

    Returns:
        Text columns ``REQUIRED`` and ``OPTIONAL``, indexed by the rows' numbers in the store; the date is the day of
        the correction, which for news is about that of the headline.
    """
    rows = list(corrections.standing().values())
    cells = [(row.headline, " ".join(row.new), row.time[:_DAY], CORRECTED, "", "") for row in rows]
    return pd.DataFrame(cells, columns=[*REQUIRED, *OPTIONAL], index=[row.number for row in rows], dtype=str)


def changed(trained: Trained, old: Tagger | None) -> Changes:
    """Find what corrections changed.

    Args:
        trained: The new model, and the corpus with the corrections.
        old: The model before.

    Returns:
        The old and the new answers, beside the editor's.
    """
    corpus, settings = trained.corpus, trained.model.settings
    corrected = (corpus.frame["origin"] == CORRECTED).to_numpy()
    frame = corpus.frame.loc[corrected, ["headline", "tags"]].assign(learnt=corpus.train[corrected])
    frame["before"] = _answers(old, frame["headline"]) if old else None
    frame["after"] = _answers(Tagger(trained.model), frame["headline"])
    draws = settings.evaluate_resamples, settings.seed
    before = measure(old, *corpus.asked, *draws).macro_f1 if old else None
    return Changes(frame, (before, trained.held_out.macro_f1))


def _answers(tagger: Tagger, headlines: "pd.Series[str]") -> list[str]:
    table = tagger.tag_arrow(pa.table({"headline": pa.array(headlines, pa.string())}))
    return [" ".join(tags) for tags in table["tags"].to_pylist()]


def _set(tags: str | None) -> frozenset[str] | None:
    return None if tags is None else frozenset(tags.split())


def _cell(value: object) -> str:
    return " ".join(value.replace("|", "\\|").split()) or OTHER if isinstance(value, str) else "–"
