"""What other thresholds would bring: precision against recall."""

from dataclasses import dataclass

from sklearn.metrics import average_precision_score, precision_recall_curve

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Flags, Floats
from pipeline.topics import TOPICS


@dataclass(frozen=True)
class Ranking:
    """How well a topic's scores part its headlines from the others.

    Attributes:
        average_precision: Mean precision, weighted by the rise of recall (scikit-learn's definition), 0 to 1.
        curve: Recall and precision, the recall falling as the threshold rises.
    """

    average_precision: float
    curve: list[tuple[float, float]]


def ranking(scores: Floats, truth: Flags) -> Ranking | None:
    """Rank headlines by a topic's scores.

    Args:
        scores: Probabilities; shape (n_headlines,).
        truth: Whether a headline carries the topic; same shape.

    Returns:
        The figures; nothing if no headline carries the topic.
    """
    if not truth.any():
        return None
    precision, recall, _ = precision_recall_curve(truth, scores)
    curve = list(zip(recall.tolist(), precision.tolist(), strict=True))
    return Ranking(float(average_precision_score(truth, scores)), curve)


def by_topic(judged: Judged) -> dict[str, Ranking | None]:
    """Rank by each topic, by the topic's name."""
    columns = zip(TOPICS, judged.scores.T, judged.truth.T, strict=True)
    return {topic.value: ranking(scores, truth) for topic, scores, truth in columns}
